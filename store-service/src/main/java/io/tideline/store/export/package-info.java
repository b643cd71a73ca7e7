/**
 * Writes everything of one user, or of one conversation, into files: gzipped lines of JSON and a manifest with counts and
 * checksums. Each step adds one gzip member to a file and its checkpoint says how long the file is, so that after a crash
 * what a step has left half done is cut off. Other formats are made of the lines when all are there.
 */
@NullMarked
package io.tideline.store.export;

import org.jspecify.annotations.NullMarked;
