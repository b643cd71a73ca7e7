package io.tideline.hbase.sequencer;

/** What the sequencer of one opened region keeps in memory between drains; dies with that opening. */
record RegionMemory(HeadCache heads, RecordCache records, DedupeFilter filter, ChangeRing changes) {}
