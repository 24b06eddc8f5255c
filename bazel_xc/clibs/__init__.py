"""Who provides the C that packages need: cc rules of the workspace, registry modules, the system."""
