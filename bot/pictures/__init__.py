"""Drawing and reading pictures: cards, posters, days, QR codes. Texts arrive ready in the reader's language."""
