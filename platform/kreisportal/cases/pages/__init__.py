"""What the faces of this room show: the step between the core and the templates."""
