"""The shell of the desk: a town's caseworkers and admins."""
