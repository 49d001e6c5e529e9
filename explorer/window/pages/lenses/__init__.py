"""What stands under the tabs of pages that look at pictures: one part a lens, each asking the engine for what it shows."""
