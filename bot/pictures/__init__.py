"""What is drawn and what is read: card pictures, posters, QR codes. Texts arrive ready in the reader's language."""
