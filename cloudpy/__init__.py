"""WeChat cloud call from Python."""
