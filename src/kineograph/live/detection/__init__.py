"""From answers over time to events: rules, schedules, smoothing, thresholds."""
