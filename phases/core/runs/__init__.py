"""Long runs: what takes longer than a page may is done by the worker, with progress and cancel.

An upper package registers a kind once, in its ``init_app``, and starts a run in a POST::

    from phases.core.runs import services as runs

    runs.register("crm.audit", runs.Kind("audit of a CRM export", audit_export, place_of, keep))
    run = runs.start(session, engagement, actor, "crm.audit", subject="12",
                     data={"mapping": mapping}, files={"export": file.id})
    return redirect(url_for(".audit", slug=slug, number=12))

``audit_export(session, task, report)`` is called by the worker outside of any transaction and may
be called again after a crash. It reads (``files.open_to_read`` of the stored file), computes, and
calls ``report(done, total, words)`` as often as it likes: about once a second that is written, the
lease is extended, and ``Cancelled`` is raised when somebody asked to stop. A ``Refusal`` that it
raises fails the run with its message; anything else is logged and told as a fault of ours.

What it returns is the run's result (JSON). Where rows are to be written, ``keep(session,
engagement, task, computed)`` does so in the very transaction that marks the run done, and returns
the result: all of it or nothing is imported.

The page shows ``queries.view(session, engagement, run)`` with ``progress(run)`` of macros/run.html,
and ``run_head(run)`` of it in ``{% block head %}``; both work without a script.
"""
