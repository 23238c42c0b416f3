"""Questions about pictures: what one says, where they lie, how they are split and dealt out."""
