// Gradio answers all of a visitor's events on one stream, which the server closes when the last of them is answered. An
// event that is taken up while the word of the closing is still on its way would wait for ever: the client believes the
// stream open, and then closes it (gradio 6.31). Here that word is not passed on while an event waits: the stream is
// opened again instead. Nothing else of what goes to and fro is touched.
(() => {
  const ask = window.fetch;
  const waiting = new Set(); // ids of events that were taken up and are not answered yet

  const taken = async (response) => {
    const { event_id } = response.ok ? await response.clone().json() : {};
    if (event_id) waiting.add(event_id);
    return response;
  };

  // Pass on what `response` says, message by message; true if it ends although an event waits.
  const passOn = async (response, out) => {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const encoder = new TextEncoder();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return false;
      const messages = (rest + value).split("\n\n");
      rest = messages.pop();
      for (const message of messages) {
        const { msg, event_id } = message.startsWith("data:") ? JSON.parse(message.slice("data:".length)) : {};
        if (msg === "process_completed") waiting.delete(event_id);
        if (msg === "close_stream" && waiting.size) return true;
        out.enqueue(encoder.encode(`${message}\n\n`));
      }
    }
  };

  const unbroken = (request, response) =>
    new ReadableStream({
      async start(out) {
        try {
          while (await passOn(response, out)) response = await ask(request);
          out.close();
        } catch (error) {
          out.error(error);
        }
      },
    });

  window.fetch = async (...request) => {
    const response = await ask(...request);
    const { pathname } = new URL(request[0].url || request[0], location.href);
    if (pathname.endsWith("/queue/join")) return taken(response);
    if (!pathname.endsWith("/queue/data") || !response.ok) return response;
    return new Response(unbroken(request[0], response), response);
  };
})();
