# make run   sets everything up and opens the program
# make test  sets everything up and runs every check that .ci/run runs
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
LIBRARIES := libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 fontconfig fonts-noto-cjk libxcb-cursor0 libxcb-icccm4 \
	libxcb-keysyms1 libxcb-shape0 libxcb-xinerama0 libxcb-image0 libxcb-render-util0 libxcb-randr0 libxcb-xkb1 libpulse0

.PHONY: run test lint types imports check wheel clean system

run: $(STAMP) system
	@$(BIN)/ds-explorer

test: $(STAMP) system lint types imports check

lint: $(STAMP)
	$(BIN)/ruff check explorer tests benchmarks

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports

check: $(STAMP)
	QT_QPA_PLATFORM=offscreen OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2 -m "not slow"

wheel: $(STAMP)
	$(BIN)/python -m build --wheel --outdir dist .

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "ds-explorer needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# Qt on Linux needs libraries that pip cannot bring, and Japanese needs a font.
system: $(STAMP)
	@if [ "$$(uname -s)" != Linux ]; then exit 0; fi; \
	if $(BIN)/python -c 'import PySide6.QtWidgets, PySide6.QtSvg' 2>/dev/null && fc-list :lang=ja family 2>/dev/null | grep -q . \
		&& { ! command -v dpkg >/dev/null || dpkg -s libxcb-cursor0 >/dev/null 2>&1; }; then exit 0; fi; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		echo "Installing the system libraries and the Japanese font that Qt needs"; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(LIBRARIES) >/dev/null; \
	elif command -v apt-get >/dev/null; then \
		echo "Qt needs some system libraries. Run this once, then make again:"; \
		echo "  sudo apt-get install $(LIBRARIES)"; exit 1; \
	else \
		echo "Qt needs EGL, GL, xkbcommon, dbus, xcb-cursor and a Japanese font (Noto Sans CJK): install them with your package manager."; exit 1; \
	fi

clean:
	rm -rf $(VENV) build dist *.egg-info tour
