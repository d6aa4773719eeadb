"""What each cloud-callable API takes and gives."""
