"""Chats: what is asked and answered in the forms in which people keep data for fine-tuning.

OpenAI's messages (role and content, the content a text or its parts) and ShareGPT's conversations (from and value).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_ASKING = ("user", "human")
_ANSWERING = ("assistant", "gpt", "model", "bot")


def is_chat(cell: Any) -> bool:
    """Whether a cell is a list of turns, each with its speaker."""
    return (
        isinstance(cell, list)
        and bool(cell)
        and all(isinstance(turn, Mapping) and ("role" in turn or "from" in turn) for turn in cell)
    )


def asked(chat: Sequence[Mapping[str, Any]]) -> str:
    """What the last answer is given to, or all that was asked where there is no answer."""
    open_questions: list[str] = []
    answered_questions: list[str] = []
    for speaker, said in _turns(chat):
        if speaker in _ASKING:
            open_questions.append(said)
        elif speaker in _ANSWERING and open_questions:
            answered_questions, open_questions = open_questions, []
    return "\n".join(answered_questions or open_questions)


def answered(chat: Sequence[Mapping[str, Any]]) -> str | None:
    """The last answer; None where there is none."""
    return next((said for speaker, said in reversed(list(_turns(chat))) if speaker in _ANSWERING), None)


def _turns(chat: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for turn in chat:
        speaker = turn.get("role", turn.get("from"))
        yield str(speaker), _said(turn.get("content", turn.get("value")))


def _said(content: Any) -> str:
    """The text of a turn, whole or in parts."""
    if isinstance(content, list):
        parts = (part.get("text") if isinstance(part, Mapping) else part for part in content)
        return "\n".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""
