"""Reasons that the portal itself gives for a mail that did not leave, as they are recorded."""

BROKE_OFF = "the attempt broke off while the server took the mail"
CERTIFICATE = "certificate of the mail server: "
