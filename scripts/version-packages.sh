#!/bin/sh
# What the release workflow runs to take the changesets into versions, changelogs and the lock file.
set -e
npx --no-install changeset version
npm install --package-lock-only --no-audit --no-fund
