"""Whether the customer has answered."""

from __future__ import annotations

from phases.core.facts import Finding, Lack, met, unmet
from phases.mechanisms.form.queries import answers_of, asked, is_sent, progress_of
from phases.mechanisms.form.values import EMPTY, lacking
from phases.mechanisms.situation import Situation
from playbook.checks import AnswerGiven, FormSubmitted
from playbook.models import Form, Question


def form_submitted(check: FormSubmitted, s: Situation) -> Finding:
    """The form was sent, and it has not been reopened since."""
    form = s.playbook.items.get(check.form)
    if not isinstance(form, Form):
        return unmet([Lack(f"The playbook has no form “{check.form}”.")])
    if not s.applies(form):
        return met(f"“{s.plain(form.title)}” does not apply here.")
    if is_sent(s, form):
        return met(f"“{s.plain(form.title)}” was sent.")
    how_far = progress_of(s, form)
    record = s.records.forms.get(form.key)
    again = "sent again since it was reopened" if record and record.reopened_at else "sent"
    words = f"“{s.plain(form.title)}” has not been {again} ({how_far.words})."
    return unmet([Lack(words, form.roles[0] if form.roles else "", f"form/{form.key}")])


def answer_given(check: AnswerGiven, s: Situation) -> Finding:
    """The question has a whole answer; a file, for file questions.

    A follow-up that is not asked counts as answered only once the form was sent: before that, the
    answer which would call for it may still be missing.
    """
    question = s.playbook.items.get(check.question)
    if not isinstance(question, Question):
        return unmet([Lack(f"The playbook has no question “{check.question}”.")])
    form = s.playbook.container_of(question.key)
    assert isinstance(form, Form)
    title = s.plain(question.title)
    if not (s.applies(form) and s.applies(question)):
        return met(f"“{title}” does not apply here.")
    who = form.roles[0] if form.roles else ""
    place = f"form/{form.key}#question-{question.key.replace('.', '-')}"
    if not any(other.key == question.key for other in asked(s, form)):
        if is_sent(s, form):
            return met(f"“{title}” does not apply, by the answers given.")
        return unmet(
            [Lack(f"“{s.plain(form.title)}” is not answered far enough to tell.", who, place)]
        )
    value = answers_of(s, form).get(question.key)
    if value in EMPTY or lacking(question, value):
        return unmet([Lack(f"“{title}” has no answer yet.", who, place)])
    return met(f"“{title}” is answered.")
