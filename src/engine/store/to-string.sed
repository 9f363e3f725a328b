# SPDX-License-Identifier: MIT
# SQL as the lines of a C string, without comments.
s/ *--.*//
s/["\\]/\\&/g
s/.*/"&\\n"/
