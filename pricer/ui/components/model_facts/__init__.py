"""The page of facts of tab "Model" as markup, in which every value is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import gradio as gr

from pricer.model.info import ModelInfo
from pricer.model.variables import VARIABLES
from pricer.ui.components.assets import beside
from pricer.ui.components.links import link
from pricer.ui.components.model_facts.facts import Section, reading_of, sections_of
from pricer.views import run_tables
from pricer.views.table import html_section

_EXAMPLE = "YOU/your-adapter"


def model_facts(info: ModelInfo, environ: Mapping[str, str], elem_id: str) -> gr.HTML:
    """The component; `environ` is where the variables are that chose the model."""
    return gr.HTML(
        markup(info, environ),
        css_template=beside(__file__, "style.css"),
        js_on_load=beside(__file__, "script.js"),
        apply_default_css=False,
        elem_id=elem_id,
    )


def markup(info: ModelInfo, environ: Mapping[str, str]) -> str:
    """All of `info`, the variables, and the modules."""
    facts = "".join(f"<section>{_facts(section)}</section>" for section in sections_of(info))
    reported = "".join(html_section(table) for table in run_tables.reported(info.row.name))
    return f'<div class="facts">{facts}{_reading(info)}{reported}{_own(environ)}{_modules(info)}</div>'


def _facts(section: Section) -> str:
    rows = "".join(
        f"<dt>{link(fact.name, fact.name_page)}</dt><dd>{link(fact.value, fact.value_page)}</dd>"
        for fact in section.facts
    )
    return f"<h3>{escape(section.heading)}</h3><dl>{rows}</dl>"


def _reading(info: ModelInfo) -> str:
    """What the model reads: the prompt word for word, and how much of a description."""
    before, after = map(escape, info.row.frame.around("\0").split("\0"))
    return (
        f"<section>{_facts(reading_of(info))}<h4>The prompt</h4>"
        f'<pre class="prompt">{before}<em>the description</em>{after}</pre></section>'
    )


def _own(environ: Mapping[str, str]) -> str:
    """The variables that choose the model, what they are set to here, and lines to copy."""
    now = {variable.name: variable.shown(environ) for variable in VARIABLES}
    lines = [f"{name}={value}" for name, value in ({"PRICER_ADAPTER": _EXAMPLE} | _set(now)).items()]
    rows = "".join(
        f'<tr><th scope="row"><code>{variable.name}</code></th><td>{escape(variable.meaning)}</td>'
        f"<td>{f'<code>{escape(value)}</code>' if (value := now[variable.name]) else 'not set'}</td></tr>"
        for variable in VARIABLES
    )
    return (
        '<section class="own"><h3>Show your own adapter</h3><p>Set one variable where this page runs (on a Space, '
        "under Settings → Variables and secrets) and start it again. The adapter names its base, and the base its "
        "question.</p>"
        f'<div class="copy"><pre tabindex="0">{escape(chr(10).join(lines))}</pre>'
        '<button type="button" data-action="copy">Copy</button></div>'
        '<div class="scroll" tabindex="0"><table><thead><tr><th scope="col">Variable</th><th scope="col">Meaning</th>'
        f'<th scope="col">Here</th></tr></thead><tbody>{rows}</tbody></table></div></section>'
    )


def _set(now: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in now.items() if value}


def _modules(info: ModelInfo) -> str:
    """The modules as `print(model)` writes them, closed at first."""
    if not info.tree:
        return ""
    return (
        "<section><details><summary><h3>The model, module by module</h3></summary>"
        f'<pre tabindex="0">{escape(info.tree)}</pre></details></section>'
    )
