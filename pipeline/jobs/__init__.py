"""A refresh inside somebody's CI job: from inputs to a summary, annotations and one exit code.

Everything here is a value until the command writes it: the policy is a function of an exit code
and an age, the summary and the annotations are text. What a provider says is escaped wherever it
is shown, so that a title can neither draw in the summary nor command the runner.
"""
