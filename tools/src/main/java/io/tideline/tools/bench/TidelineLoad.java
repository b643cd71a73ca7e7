package io.tideline.tools.bench;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.AppendRequest;
import io.tideline.api.v1.AppendResult;
import io.tideline.api.v1.BatchAppendResponse;
import io.tideline.api.v1.HeadQuery;
import io.tideline.api.v1.HeadsRequest;
import io.tideline.api.v1.HeadsResponse;
import io.tideline.api.v1.NewEntry;
import io.tideline.api.v1.ReadRequest;
import io.tideline.api.v1.TimelineFamily;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.AppendStream;
import io.tideline.client.TidelineClient;
import io.tideline.client.TidelineClientConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The subject: what a product's back end does, through the Java client. Timelines come in named groups of this run's own
 * app and are numbered from 0.
 */
final class TidelineLoad implements AutoCloseable {
    /** Timelines that single appends, batches and heads are spread over. */
    static final String MANY = "many";

    private static final int ID_RADIX = 36;
    private static final int ENTRIES_PER_PREFILL = 10_000;
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);

    private final String target;
    private final TidelineClient client;
    private final String app;
    private final Payloads payloads;
    private final AtomicLong ids = new AtomicLong();
    private final Map<String, Integer> filled = new HashMap<>();

    TidelineLoad(String target, int channels, String app, Payloads payloads) {
        this.target = target;
        this.app = app;
        this.payloads = payloads;
        this.client = connect(channels);
    }

    private TidelineClient connect(int connections) {
        return TidelineClient.connect(
                TidelineClientConfig.of(target).withChannels(connections).withCallTimeout(CALL_TIMEOUT));
    }

    TidelineClient client() {
        return client;
    }

    /** Conversations in the same app, through the same connections. */
    MessagingLoad messaging() {
        return new MessagingLoad(client, app, ids);
    }

    /** Another client, with connections of its own, for what must not share them. */
    TidelineClient newClient(int channels) {
        return connect(channels);
    }

    TimelineName timeline(String group, int number) {
        return TimelineName.newBuilder()
                .setApp(app)
                .setFamily(TimelineFamily.CONVERSATION)
                .setId(group + "-" + number)
                .build();
    }

    /** With an id that this run has not used before. */
    NewEntry entry(ByteString payload) {
        return NewEntry.newBuilder()
                .setSender("bench")
                .setClientMessageId("m" + Long.toString(ids.getAndIncrement(), ID_RADIX))
                .setPayload(payload)
                .build();
    }

    NewEntry entry(SplittableRandom random) {
        return entry(payloads.string(random));
    }

    CompletableFuture<?> append(TimelineName timeline, SplittableRandom random) {
        return client.append(timeline, List.of(entry(random)));
    }

    CompletableFuture<?> append(AppendStream stream, TimelineName timeline, SplittableRandom random) {
        return stream.append(timeline, entry(random));
    }

    /** One entry to each of the first timelines of a group, in one call. Fails when any of them does. */
    void batch(String group, int timelines, SplittableRandom random) {
        List<AppendRequest> items = new ArrayList<>(timelines);
        for (int i = 0; i < timelines; i++) {
            items.add(item(group, i, 1, random));
        }
        send(items);
    }

    private AppendRequest item(String group, int number, int entries, SplittableRandom random) {
        AppendRequest.Builder item = AppendRequest.newBuilder().setTimeline(timeline(group, number));
        for (int i = 0; i < entries; i++) {
            item.addEntries(entry(random));
        }
        return item.build();
    }

    private void send(List<AppendRequest> items) {
        BatchAppendResponse answer = await(client.batchAppend(items));
        for (AppendResult result : answer.getResultsList()) {
            if (!result.hasAppended()) {
                throw new BenchFailedException(
                        "an item of a batch failed: " + result.getError().getMessage());
            }
        }
    }

    /** Sees to it that the first timelines of a group exist, with so many entries at least. */
    void fill(String group, int timelines, int entriesEach, Consumer<String> progress) {
        int from = filled.getOrDefault(group, 0);
        if (from >= timelines) {
            return;
        }
        progress.accept("  filling " + (timelines - from) + " timelines with " + entriesEach
                + (entriesEach == 1 ? " entry" : " entries"));
        SplittableRandom random = new SplittableRandom(timelines);
        List<AppendRequest> items = new ArrayList<>();
        for (int i = from; i < timelines; i++) {
            items.add(item(group, i, entriesEach, random));
            if ((items.size() + 1) * entriesEach > ENTRIES_PER_PREFILL || i == timelines - 1) {
                send(items);
                items.clear();
            }
        }
        filled.put(group, timelines);
    }

    /** Heads of timelines picked at random. */
    void heads(String group, int timelines, int count, SplittableRandom random) {
        HeadsRequest.Builder request = HeadsRequest.newBuilder();
        for (int i = 0; i < count; i++) {
            request.addQueries(HeadQuery.newBuilder().setTimeline(timeline(group, random.nextInt(timelines))));
        }
        HeadsResponse answer = await(client.heads(request.build()));
        require(answer.getHeadsCount(), count, "heads");
    }

    /** The page after a checkpoint. */
    void page(TimelineName timeline, long checkpoint, int entries) {
        var page = await(client.read(ReadRequest.newBuilder()
                .setTimeline(timeline)
                .setFromSeq(checkpoint + 1)
                .setKnownSeq(checkpoint)
                .setPageSize(entries)
                .build()));
        require(page.getEntriesCount(), entries, "entries");
    }

    static void require(int found, int expected, String of) {
        if (found != expected) {
            throw new BenchFailedException(of + ": " + found + " (expected: " + expected + ")");
        }
    }

    static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get(2, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailedException("interrupted", e);
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new BenchFailedException("a call failed", e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
