"""Case tracking for government information disclosure requests (依申请公开)."""
