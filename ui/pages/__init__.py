"""The desks: each module lays out one page and wires it; what is shown comes from `ui.render`."""
