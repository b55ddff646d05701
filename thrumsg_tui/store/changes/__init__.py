"""All changes of the database, one module per subject.

Unless its docstring says otherwise, a function that takes a `Database` and an `Identity` requires a permission, raises
`NotPermitted` without it, and makes its change in one transaction together with an event in the journal. If it raises,
it has changed nothing. A function that takes a `Transaction` is a part of such a change.
"""
