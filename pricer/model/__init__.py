"""The model: which one is served, how it is loaded, and the engine that asks it for prices."""
