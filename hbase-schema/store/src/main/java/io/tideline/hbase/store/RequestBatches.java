package io.tideline.hbase.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Cuts many requests into batches of bounded size and carries out a bounded number of those at a time. */
final class RequestBatches {
    /** Well below 5,000, from where on region servers complain of the size of a request. */
    private static final int MAX_REQUESTS = 1_000;

    private static final long MAX_BYTES = 2 * 1024 * 1024;

    /** Each of a batch's region servers gets one request of it; four keep a server busy while answers travel. */
    private static final int IN_FLIGHT = 4;

    private RequestBatches() {}

    /** In order. None is empty; only a single request may be beyond the bytes. */
    static <R> List<List<R>> cut(List<R> requests, ToLongFunction<R> bytes) {
        List<List<R>> batches = new ArrayList<>();
        int start = 0;
        long size = 0;
        for (int i = 0; i < requests.size(); i++) {
            long next = bytes.applyAsLong(requests.get(i));
            if (i > start && (i - start == MAX_REQUESTS || size + next > MAX_BYTES)) {
                batches.add(requests.subList(start, i));
                start = i;
                size = 0;
            }
            size += next;
        }
        if (start < requests.size()) {
            batches.add(requests.subList(start, requests.size()));
        }
        return batches;
    }

    /** Completes when all have been carried out, or fails when one has failed and no other is under way. */
    static <B> CompletableFuture<Void> carryOut(List<B> batches, Function<B, CompletableFuture<?>> request) {
        List<CompletableFuture<?>> lanes = new ArrayList<>();
        for (int first = 0; first < Math.min(IN_FLIGHT, batches.size()); first++) {
            CompletableFuture<?> lane = request.apply(batches.get(first));
            for (int i = first + IN_FLIGHT; i < batches.size(); i += IN_FLIGHT) {
                B next = batches.get(i);
                lane = lane.thenCompose(done -> request.apply(next));
            }
            lanes.add(lane);
        }
        return CompletableFuture.allOf(lanes.toArray(CompletableFuture<?>[]::new));
    }
}
