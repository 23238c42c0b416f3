"""From a run folder's files to scores, plots and a report; import its files one by one."""
