"""One mistake a time in the tiny playbook, and what its report must say."""

from __future__ import annotations

from typing import NamedTuple

FRAME, WORK = "frame.yaml", "work.yaml"


class Mistake(NamedTuple):
    """*new* in the place of *old*; the problem names *key*, says *what*, then the *remedy*."""

    file: str
    old: str
    new: str
    key: str
    what: str
    remedy: str


MISTAKES: dict[str, Mistake] = {
    "unknown kind": Mistake(
        WORK,
        "document:",
        "documnet:",
        "",
        "no kind 'documnet'",
        "document?",
    ),
    "unknown property": Mistake(
        WORK, "used_for:", "usedfor:", "R6.document.plan", "unknown property 'usedfor'", "used_for?"
    ),
    "unknown property inside": Mistake(
        FRAME,
        "kit:\n    title: Kit",
        "kit:\n    titel: Kit",
        "profile.kit",
        "unknown property 'titel'",
        "title?",
    ),
    "missing property": Mistake(
        WORK,
        "    used_for: Everybody who carries\n",
        "",
        "R6.document.plan",
        "'used_for' is missing",
        "Add it",
    ),
    "document of nothing": Mistake(
        WORK,
        "    builder: plan\n",
        "",
        "R6.document.plan",
        "nothing says what it is made of",
        "Give parts",
    ),
    "wrong type": Mistake(
        WORK,
        "minutes: 5",
        "minutes: soon",
        "R3.form.survey",
        "'minutes' has the wrong type",
        "whole number",
    ),
    "text that is a date": Mistake(
        FRAME,
        "goal: Be there on Monday",
        "goal: 2030-01-01",
        "R1.phase.move",
        "'goal' has the wrong type",
        "quote",
    ),
    "word not in the list": Mistake(
        WORK,
        "effect: loop",
        "effect: lop",
        "R5.gate.1b",
        "'outcomes.wait.effect' cannot be 'lop'",
        "loop?",
    ),
    "malformed key": Mistake(
        FRAME,
        "R2.size.desk:",
        "R2.size.The-Desk:",
        "R2.size.The-Desk",
        "not a well-formed key",
        "small letters",
    ),
    "malformed slug": Mistake(
        WORK,
        "      room: {",
        "      Room: {",
        "R4.register.boxes",
        "not a well-formed name",
        "Write it to match",
    ),
    "key across files": Mistake(
        WORK,
        "R6.document.plan:",
        "R2.size.desk:",
        "R2.size.desk",
        "given twice (first in relocation/1.0/frame.yaml:",
        "Rename or remove",
    ),
    "key across kinds": Mistake(
        WORK, "R4.seed.kitchen", "R3.step.walk", "R3.step.walk", "given twice", "Rename or remove"
    ),
    "dangling see": Mistake(
        WORK,
        "    used_for:",
        "    see: [R4.register.boxe]\n    used_for:",
        "R6.document.plan",
        "see names 'R4.register.boxe'",
        "R4.register.boxes or",
    ),
    "dangling check": Mistake(
        WORK,
        "question: R3.question.safe}",
        "question: R3.question.saef}",
        "R3.step.servers",
        "'R3.question.saef', which is no question",
        "R3.question.safe or",
    ),
    "check of another kind": Mistake(
        WORK,
        "question: R3.question.safe}",
        "question: R3.form.survey}",
        "R3.step.servers",
        "which is no question",
        "R3.question.",
    ),
    "unknown check": Mistake(
        WORK,
        "- answer_given:",
        "- answer_giveng:",
        "R3.step.servers",
        "no check is called 'answer_giveng'",
        "answer_given",
    ),
    "check's parameter": Mistake(
        WORK,
        "{question: R3.question.safe}",
        "{questoin: R3.question.safe}",
        "R3.step.servers",
        "questoin",
        "takes question",
    ),
    "unknown sub-phase": Mistake(
        WORK,
        "subphase: 2a",
        "subphase: 2b",
        "R6.document.plan",
        "'2b', which is no sub-phase",
        "2a",
    ),
    "unknown role": Mistake(
        WORK,
        "role: mover\n    items",
        "role: movr\n    items",
        "R3.checklist.survey",
        "'movr', which is no role",
        "mover?",
    ),
    "unknown feed": Mistake(
        WORK,
        "feeds: R2.input.rent",
        "feeds: R2.input.rant",
        "R3.question.rent",
        "'R2.input.rant', which is no input",
        "R2.input.rent?",
    ),
    "feed of another type": Mistake(
        WORK,
        "type: money, feeds",
        "type: date, feeds",
        "R3.question.rent",
        "type 'date' cannot feed",
        "types",
    ),
    "unknown binding": Mistake(
        WORK,
        "binds: [R4.register.boxes]",
        "binds: [R4.register.bags]",
        "R5.statement.date",
        "binds names 'R4.register.bags'",
        "R4.register.boxes",
    ),
    "unknown rows": Mistake(
        WORK,
        "    roles: [tenant]\n    items:",
        "    roles: [tenant]\n    rows_of: R4.register.bags\n    items:",
        "R5.sheet.plan",
        "rows_of names",
        "R4.register.boxes",
    ),
    "unknown family": Mistake(
        FRAME,
        "options_from: R2.size",
        "options_from: R2.sizes",
        "profile.size",
        "no family of keys",
        "R2.size?",
    ),
    "unknown input set": Mistake(
        WORK,
        "sets: {profile.server_room:",
        "sets: {profile.serverroom:",
        "R5.gate.1b",
        "which is no input",
        "profile.server_room or",
    ),
    "value no input takes": Mistake(
        WORK,
        "sets: {profile.server_room: false",
        "sets: {profile.server_room: nay",
        "R5.gate.1b",
        "is 'nay'",
        "true or false",
    ),
    "loop to nowhere": Mistake(
        WORK, "to: 1a", "to: 1z", "R5.gate.1b", "'1z', which is no sub-phase", "1a"
    ),
    "no way through a gate": Mistake(
        WORK, "effect: pass", "effect: extend", "R5.gate.1b", "no outcome passes it", "effect: pass"
    ),
    "unknown phase": Mistake(
        FRAME, "phase: move", "phase: moove", "R1.subphase.2a", "no phase's slug", "move?"
    ),
    "due after no gate": Mistake(
        WORK,
        "after: gate_1b",
        "after: gate_2a",
        "R6.document.plan",
        "no gate stands at 2a",
        "gate_1b",
    ),
    "two units of due": Mistake(
        WORK,
        "days: 3}",
        "days: 3, weeks: 1}",
        "R6.document.plan",
        "exactly one of business_days",
        "Mend it",
    ),
    "rule of no field": Mistake(
        WORK,
        "applies: {server_room: true}",
        "applies: {server: true}",
        "R3.step.servers",
        "'server', which is no profile field",
        "server_room",
    ),
    "rule of no value": Mistake(
        FRAME,
        "{when: {size: floor}, mode",
        "{when: {size: flor}, mode",
        "R1.phase.move",
        "'size' is 'flor', which it never is",
        "floor?",
    ),
    "rule of a word for a flag": Mistake(
        WORK,
        "applies: {server_room: true}",
        "applies: {server_room: 'yes'}",
        "R3.step.servers",
        "never is",
        "true",
    ),
    "rule that is none": Mistake(
        WORK,
        "applies: {server_room: true}",
        "applies: server_room",
        "R3.step.servers",
        "a rule is a mapping",
        "Mend it",
    ),
    "rule on a later answer": Mistake(
        WORK,
        'safe: {title: "Is there a safe?", type: yes_no}',
        'safe: {title: "Is there a safe?", type: yes_no, when: {safe_weight: true}}',
        "R3.question.safe",
        "no earlier question",
        "Add it",
    ),
    "undefined placeholder": Mistake(
        WORK,
        "{{ address }}",
        "{{ adress }}",
        "R5.statement.date",
        "placeholder 'adress'",
        "address?",
    ),
    "expression": Mistake(
        WORK, "{{ address }}", "{{ 7 * 7 }}", "R5.statement.date", "text holds '{{'", "{{ name }}"
    ),
    "statement": Mistake(
        WORK, "{{ address }}", "{% if a %}", "R5.statement.date", "text holds '{%'", "{{ name }}"
    ),
    "transition to no state": Mistake(
        WORK,
        "next: [arrived]",
        "next: [arived]",
        "R4.register.boxes",
        "leads to 'arived'",
        "arrived?",
    ),
    "check of no state": Mistake(
        WORK,
        "states: [packed, arrived]",
        "states: [packed, lost]",
        "R5.criterion.boxes",
        "no state of R4.register.boxes",
        "packed",
    ),
    "check of no column": Mistake(
        WORK,
        "columns: [room, owner]",
        "columns: [rom, owner]",
        "R5.criterion.boxes",
        "no column of R4.register.boxes",
        "room?",
    ),
    "amounts that are words": Mistake(
        WORK,
        "left: packed",
        "left: room",
        "R5.criterion.boxes",
        "column of R4.register.boxes with amounts",
        "packed",
    ),
    "seed of no column": Mistake(
        WORK,
        "values: {room:",
        "values: {rom:",
        "R4.seed.kitchen",
        "no column of R4.register.boxes",
        "room?",
    ),
    "seed of a wrong value": Mistake(
        WORK, "packed: 3}", "packed: three}", "R4.seed.kitchen", "'three'", "Write a number"
    ),
    "column that is there anyway": Mistake(
        WORK,
        "      room: {",
        "      owner: {title: Owner}\n      room: {",
        "R4.register.boxes",
        "column 'owner'",
        "Rename the column",
    ),
    "choice without options": Mistake(
        WORK,
        "type: yes_no}",
        "type: choice}",
        "R3.question.safe",
        "options do not go with type 'choice'",
        "Give options",
    ),
    "missing text": Mistake(
        WORK,
        "text_file: walk.md",
        "text_file: wlk.md",
        "",
        "no text file 'wlk.md'",
        "Markdown file",
    ),
    "text outside": Mistake(
        WORK,
        "text_file: walk.md",
        "text_file: ../../../x.md",
        "",
        "no text file",
        "playbook's folder",
    ),
    "unreadable": Mistake(
        WORK, "title: Boxes", "title: [Boxes", "", "not readable YAML", "quote text"
    ),
    "yes as a word": Mistake(
        WORK, "{none: None, broken:", "{no: None, broken:", "", "'no' is not a word", "quotes"
    ),
    "twice in one mapping": Mistake(
        WORK,
        "minutes: 5",
        "minutes: 5\n    minutes: 6",
        "",
        "'minutes' stands here twice",
        "Keep one",
    ),
    "check of nothing": Mistake(
        WORK,
        "- answer_given: {question: R3.question.safe}",
        "- steps_done: {}",
        "R3.step.servers",
        "give checklists or steps",
        "takes checklists, steps",
    ),
    "check of no documents": Mistake(
        WORK,
        "- answer_given: {question: R3.question.safe}",
        "- documents_issued: {documents: []}",
        "R3.step.servers",
        "at least 1 item",
        "takes documents",
    ),
    "nobody leads": Mistake(
        FRAME,
        "  role.architect: {title: Head mover, side: staff}\n",
        "",
        "role.mover",
        "no role is called 'architect'",
        "Add role.architect",
    ),
}
