"""What others read of ours, written in their formats: pure, values in and bytes out."""
