package io.tideline.hbase.store;

import io.tideline.hbase.sequencer.BatchAnswer;
import io.tideline.hbase.sequencer.ByteWriter;
import io.tideline.hbase.sequencer.MalformedBatchException;
import io.tideline.hbase.sequencer.SchemaNames;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.hbase.Cell;
import org.apache.hadoop.hbase.CellBuilderFactory;
import org.apache.hadoop.hbase.CellBuilderType;
import org.apache.hadoop.hbase.client.Append;
import org.apache.hadoop.hbase.client.AsyncTable;
import org.apache.hadoop.hbase.client.Result;

/** Puts appends into one HBase {@code Append} and takes the answers out of its result. */
final class CarrierSender {
    /**
     * From here on the carrier goes in a request of many, of one: there cells travel apart. In a request of its own
     * HBase's client copies the batch into a protobuf message, which the region server prints as text for its reports: a
     * third of its work under many large batches. For small ones a request of its own is quicker.
     */
    private static final int CELL_APART_BYTES = 8 * 1024;

    private static final byte[] MARK = {SchemaNames.PROTOCOL_VERSION};

    private final AsyncTable<?> table;

    CarrierSender(AsyncTable<?> table) {
        this.table = table;
    }

    /**
     * Sends appends of one region together.
     *
     * @param batch at least one; the first one's row decides which region gets it
     * @return one answer per append; completes on a thread of HBase's client
     */
    CompletableFuture<List<BatchAnswer.ItemAnswer>> send(List<PendingAppend> batch) {
        int bytes = 8;
        for (PendingAppend append : batch) {
            bytes += append.item().length;
        }
        ByteWriter writer =
                new ByteWriter(bytes).put(SchemaNames.PROTOCOL_VERSION).putVarint(batch.size());
        for (PendingAppend append : batch) {
            writer.put(append.item());
        }
        return send(batch.get(0).headRow(), writer.toByteArray(), batch.size());
    }

    private CompletableFuture<List<BatchAnswer.ItemAnswer>> send(byte[] row, byte[] batch, int items) {
        Append carrier = new Append(row);
        carrier.setAttribute(SchemaNames.CARRIER_ATTRIBUTE, MARK);
        try {
            carrier.add(CellBuilderFactory.create(CellBuilderType.SHALLOW_COPY)
                    .setRow(row)
                    .setFamily(SchemaNames.CARRIER_FAMILY)
                    .setQualifier(SchemaNames.CARRIER_QUALIFIER)
                    .setType(Cell.Type.Put)
                    .setTimestamp(Long.MAX_VALUE)
                    .setValue(batch)
                    .build());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        CompletableFuture<Result> sent = batch.length < CELL_APART_BYTES
                ? table.append(carrier)
                : table.<Result>batch(List.of(carrier)).get(0);
        return sent.thenApply(result -> decode(result, items));
    }

    /** Asks the sequencer of the region that holds {@code row} whether it is there and understands us. */
    CompletableFuture<Void> ping(byte[] row) {
        return send(row, new byte[] {SchemaNames.PROTOCOL_VERSION, 0}, 0).thenApply(answers -> null);
    }

    private static List<BatchAnswer.ItemAnswer> decode(Result result, int items) {
        try {
            Cell[] cells = result.rawCells();
            if (cells == null || cells.length != 1) {
                throw new MalformedBatchException("answer: not one cell");
            }
            List<BatchAnswer.ItemAnswer> answers =
                    BatchAnswer.decode(cells[0].getValueArray(), cells[0].getValueOffset(), cells[0].getValueLength());
            if (answers.size() != items) {
                throw new MalformedBatchException("answer: " + answers.size() + " items for " + items);
            }
            return answers;
        } catch (MalformedBatchException e) {
            throw new java.util.concurrent.CompletionException(e);
        }
    }
}
