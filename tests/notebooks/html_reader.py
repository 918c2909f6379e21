"""A page of HTML in, what it points at and what it says out."""

from html.parser import HTMLParser


class Reader(HTMLParser):
    """What a page points at, and what it says."""

    def __init__(self, page: str):
        super().__init__()
        self.tags, self.said, self.ids = [], "", set()
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.ids.add(dict(attributes).get("id"))

    def handle_data(self, data):
        self.said += data

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.tags if name == tag]
