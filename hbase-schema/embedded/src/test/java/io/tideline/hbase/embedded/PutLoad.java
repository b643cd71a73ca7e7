package io.tideline.hbase.embedded;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.hbase.TableName;
import org.apache.hadoop.hbase.client.Connection;
import org.apache.hadoop.hbase.client.Put;
import org.apache.hadoop.hbase.client.Table;
import org.apache.hadoop.hbase.util.Bytes;

/** Threads that put one row after the other until stopped, and remember which ones were acknowledged. */
final class PutLoad implements AutoCloseable {

    static final byte[] FAMILY = Bytes.toBytes("f");
    static final byte[] QUALIFIER = Bytes.toBytes("q");

    private static final byte[] VALUE = Bytes.toBytes("v".repeat(128));

    private final Connection connection;
    private final TableName tableName;
    private final ExecutorService writers;
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final Semaphore uncounted = new Semaphore(0);
    private volatile boolean stopped;

    /** Starts to put. */
    PutLoad(Connection connection, TableName tableName, int threads) {
        this.connection = connection;
        this.tableName = tableName;
        this.writers = Executors.newFixedThreadPool(threads);
        for (int writer = 0; writer < threads; writer++) {
            int number = writer;
            writers.execute(() -> write(number));
        }
    }

    private void write(int writer) {
        try (Table table = connection.getTable(tableName)) {
            for (int i = 0; !stopped; i++) {
                // The first letter spreads the writers over the regions, before and after a split.
                String row = (char) ('a' + (writer * 7 + i) % 26) + "-" + writer + "-" + i;
                table.put(new Put(Bytes.toBytes(row)).addColumn(FAMILY, QUALIFIER, VALUE));
                acknowledged.add(row);
                uncounted.release();
            }
        } catch (IOException | RuntimeException e) {
            failures.add(e);
        }
    }

    /** Returns when so many rows were acknowledged since the start or the last call. */
    void awaitMoreRows(int rows) throws InterruptedException {
        if (!uncounted.tryAcquire(rows, 60, TimeUnit.SECONDS)) {
            throw new AssertionError("too few rows acknowledged: " + acknowledged.size() + ", failures " + failures);
        }
    }

    /** Lets every writer end its put. */
    List<String> stop() throws InterruptedException {
        stopped = true;
        writers.shutdown();
        return awaitWriters();
    }

    /** Interrupts the puts that a killed server will never answer; they count as not acknowledged. */
    List<String> abandon() throws InterruptedException {
        close();
        return awaitWriters();
    }

    private List<String> awaitWriters() throws InterruptedException {
        if (!writers.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new AssertionError("writers still running");
        }
        return new ArrayList<>(acknowledged);
    }

    List<Throwable> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        stopped = true;
        writers.shutdownNow();
    }
}
