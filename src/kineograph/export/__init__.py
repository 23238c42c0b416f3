"""A network elsewhere: ONNX files, and running them without torch."""
