package io.tideline.hbase.archive;

import java.util.List;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;
import org.apache.parquet.internal.column.columnindex.OffsetIndex;
import org.apache.parquet.internal.filter2.columnindex.RowRanges;

/**
 * Rows of a row group as Parquet wants them named. Its ranges can only be made of pages, hence a column with one page that
 * begins and ends where the span does.
 */
final class RowSpan implements OffsetIndex {
    private final long first;
    private final long last;

    private RowSpan(long first, long last) {
        this.first = first;
        this.last = last;
    }

    /** Both ends included, counted from the row group's first row. */
    static RowRanges of(long first, long last, long rowsInGroup) {
        PrimitiveIterator.OfInt onlyPage = IntStream.of(0).iterator();
        return RowRanges.create(rowsInGroup, onlyPage, new RowSpan(first, last));
    }

    @Override
    public int getPageCount() {
        return 1;
    }

    @Override
    public long getOffset(int page) {
        return 0;
    }

    @Override
    public int getCompressedPageSize(int page) {
        return 0;
    }

    @Override
    public long getFirstRowIndex(int page) {
        return first;
    }

    @Override
    public int getPageOrdinal(int page) {
        return page;
    }

    @Override
    public long getLastRowIndex(int page, long rowsInGroup) {
        return last;
    }

    @Override
    public java.util.Optional<Long> getUnencodedByteArrayDataBytes(int page) {
        return java.util.Optional.empty();
    }

    @Override
    public String toString() {
        return List.of(first, last).toString();
    }
}
