"""Mail, with its attachments as documents of their own."""
