"""The behaviours of the issue as a person at the shell meets them."""
