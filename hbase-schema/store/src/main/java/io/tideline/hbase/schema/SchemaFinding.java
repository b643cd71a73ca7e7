package io.tideline.hbase.schema;

/**
 * Something about a table that is not as it must be.
 *
 * @param fatal whether appends to the table could go wrong, so that they are refused
 */
public record SchemaFinding(TimelineTable table, String finding, boolean fatal) {}
