package io.tideline.client;

import io.tideline.api.v1.Entry;
import io.tideline.api.v1.Gap;
import io.tideline.api.v1.ReadRequest;
import io.tideline.api.v1.ReadResponse;
import io.tideline.api.v1.StopReason;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a range, page by page; the next page is fetched while this one is consumed. Blocks, so not for
 * callbacks. For one thread at a time. Throws {@link TidelineCallException} when a page cannot be read. Gaps are handed
 * over when their page is reached, before its entries.
 */
public final class EntryCursor implements Iterator<Entry> {
    private final Function<ReadRequest, CompletableFuture<ReadResponse>> read;
    private final ReadRequest request;
    private final Consumer<Gap> gaps;
    private @Nullable CompletableFuture<ReadResponse> nextPage;
    private ReadResponse page = ReadResponse.getDefaultInstance();
    private int position;

    EntryCursor(Function<ReadRequest, CompletableFuture<ReadResponse>> read, ReadRequest request, Consumer<Gap> gaps) {
        this.read = read;
        this.request = request;
        this.gaps = gaps;
        this.nextPage = read.apply(request);
    }

    @Override
    public boolean hasNext() {
        while (position == page.getEntriesCount()) {
            CompletableFuture<ReadResponse> coming = nextPage;
            if (coming == null) {
                return false;
            }
            turnTo(await(coming));
        }
        return true;
    }

    @Override
    public Entry next() {
        if (!hasNext()) {
            throw new NoSuchElementException("Past the end of the range");
        }
        return page.getEntries(position++);
    }

    /** Why the last page that was reached ended; of the whole range once {@link #hasNext} is false. */
    public StopReason stopReason() {
        return page.getStopReason();
    }

    /** The last committed seq as far as the last page knew it. */
    public long lastSeq() {
        return page.getLastSeq();
    }

    private void turnTo(ReadResponse reached) {
        page = reached;
        position = 0;
        String token = reached.getNextPageToken();
        nextPage = token.isEmpty()
                ? null
                : read.apply(request.toBuilder().setPageToken(token).build());
        reached.getGapsList().forEach(gaps);
    }

    // Bounded: a call is over after callTimeout + retryFor.
    private static ReadResponse await(CompletableFuture<ReadResponse> coming) {
        try {
            return coming.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TidelineCallException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
