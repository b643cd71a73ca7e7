package io.tideline.hbase.store;

import io.tideline.core.error.CorruptDataException;
import io.tideline.core.error.OutcomeUnknownException;
import io.tideline.core.error.SchemaMismatchException;
import io.tideline.core.error.StorageUnavailableException;
import io.tideline.core.error.TidelineException;
import io.tideline.hbase.sequencer.MalformedBatchException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.hbase.DoNotRetryIOException;
import org.apache.hadoop.hbase.TableNotFoundException;
import org.apache.hadoop.hbase.client.RetriesExhaustedException;
import org.apache.hadoop.hbase.regionserver.NoSuchColumnFamilyException;

/** HBase's failures as ours. The one place where they are translated. */
public final class HBaseFailures {
    private HBaseFailures() {}

    /** What really went wrong, out of the wrappers of futures and of HBase's retries. */
    static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException
                        || cause instanceof ExecutionException
                        || cause instanceof RetriesExhaustedException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Whether repeating the same request can never help. */
    static boolean isFinal(Throwable failure) {
        Throwable cause = unwrap(failure);
        return cause instanceof DoNotRetryIOException
                || cause instanceof MalformedBatchException
                || cause instanceof TidelineException
                || !(cause instanceof java.io.IOException);
    }

    /** A future that fails with {@link #ofRead our} failures. */
    public static <T> CompletableFuture<T> translated(CompletableFuture<T> future) {
        return future.handle((value, failure) -> {
            if (failure != null) {
                throw ofRead(failure);
            }
            return value;
        });
    }

    /** What a failed read, of whatever kind, means to the caller. */
    public static TidelineException ofRead(Throwable failure) {
        Throwable cause = unwrap(failure);
        if (cause instanceof TidelineException known) {
            return known;
        }
        if (cause instanceof MalformedBatchException) {
            return new CorruptDataException("a stored cell cannot be decoded", Map.of(), cause);
        }
        if (cause instanceof TableNotFoundException || cause instanceof NoSuchColumnFamilyException) {
            return new SchemaMismatchException("a table or family is missing", Map.of(), cause);
        }
        return new StorageUnavailableException("HBase did not answer", context(cause), cause);
    }

    /**
     * @param sent whether the append may have reached a region server
     */
    static TidelineException ofAppend(Throwable failure, boolean sent) {
        Throwable cause = unwrap(failure);
        if (cause instanceof TidelineException known) {
            return known;
        }
        if (cause instanceof NoSuchColumnFamilyException) {
            return new SchemaMismatchException("the sequencer does not run on the table", Map.of(), cause);
        }
        if (cause instanceof TableNotFoundException) {
            return new SchemaMismatchException("the table is missing", Map.of(), cause);
        }
        if (cause instanceof MalformedBatchException) {
            return new SchemaMismatchException("the sequencer speaks another protocol version", Map.of(), cause);
        }
        return sent
                ? new OutcomeUnknownException("HBase did not answer in time", context(cause), cause)
                : new StorageUnavailableException("HBase did not answer", context(cause), cause);
    }

    private static Map<String, String> context(Throwable cause) {
        return Map.of("cause", cause.getClass().getSimpleName());
    }
}
