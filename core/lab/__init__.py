"""The lab: the learner's own code in a development server, under Debug Toolbar and Silk."""
