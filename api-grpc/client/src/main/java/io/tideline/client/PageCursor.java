package io.tideline.client;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The items of a listing, page by page; the next page is fetched while this one is consumed. Blocks, so not for
 * callbacks. For one thread at a time. Throws {@link TidelineCallException} when a page cannot be read.
 *
 * @param <T> item
 */
public final class PageCursor<T> implements Iterator<T> {
    private final Function<String, CompletableFuture<Page<T>>> read;
    private @Nullable CompletableFuture<Page<T>> nextPage;
    private List<T> items = List.of();
    private int position;

    private record Page<T>(List<T> items, String nextToken) {}

    private PageCursor(Function<String, CompletableFuture<Page<T>>> read) {
        this.read = read;
        this.nextPage = read.apply("");
    }

    /** Over pages that are read by their token; the first one by an empty token. */
    static <A, T> PageCursor<T> over(
            Function<String, CompletableFuture<A>> read, Function<A, List<T>> items, Function<A, String> nextToken) {
        return new PageCursor<>(token ->
                read.apply(token).thenApply(answer -> new Page<>(items.apply(answer), nextToken.apply(answer))));
    }

    @Override
    public boolean hasNext() {
        while (position == items.size()) {
            CompletableFuture<Page<T>> coming = nextPage;
            if (coming == null) {
                return false;
            }
            Page<T> page = await(coming);
            items = page.items();
            position = 0;
            nextPage = page.nextToken().isEmpty() ? null : read.apply(page.nextToken());
        }
        return true;
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("Past the end of the listing");
        }
        return items.get(position++);
    }

    // Bounded: a call is over after callTimeout + retryFor.
    private static <P> P await(CompletableFuture<P> coming) {
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
