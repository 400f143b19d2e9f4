"""The pages: a Django application that shows, explains and exports, and lets signed-in people change.

No arithmetic on figures and no SQL lives here: values come from `duheng.assess` and `duheng.engine`, facts from
`duheng.ledger`. A page is a function from a request and a `Selection` to a `Page` (see `page.py`), and the same
`Page` is answered as HTML, JSON, spreadsheet or picture.
"""
