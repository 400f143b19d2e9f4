"""The drill: a made-up, coherent city for practice, under scenario `drill`; nothing of it is a real figure."""
