"""What is installed on a machine: the image, the unit, the alerts, backups."""
