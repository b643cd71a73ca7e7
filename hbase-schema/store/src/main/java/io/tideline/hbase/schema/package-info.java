/**
 * The tables: which there are, how they are made, checked and upgraded, and how the sequencer gets onto region servers.
 * Row keys and cells are drawn in {@code io.tideline.hbase.sequencer}.
 */
@NullMarked
package io.tideline.hbase.schema;

import org.jspecify.annotations.NullMarked;
