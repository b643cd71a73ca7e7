package io.tideline.core.record;

import java.util.List;

/**
 * What a scan found.
 *
 * @param records in the scan's order; those of one row stand together
 * @param complete false when more rows follow: go on after the last record's key
 */
public record RecordPage(List<TimelineRecord> records, boolean complete) {
    public RecordPage {
        records = List.copyOf(records);
    }
}
