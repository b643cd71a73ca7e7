package io.tideline.tools.bench;

import com.google.protobuf.ByteString;
import io.tideline.api.v1.OutgoingMessage;
import io.tideline.api.v1.SearchMessagesRequest;
import io.tideline.api.v1.SearchMessagesResponse;
import io.tideline.api.v1.SearchOrder;
import io.tideline.api.v1.SendBatchRequest;
import io.tideline.client.TidelineClient;
import io.tideline.tools.bench.LoadDriver.BlockingOperation;
import io.tideline.tools.bench.Rounds.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Search over many messages: what a query takes, and how soon a message is found. */
final class SearchBenchmark implements Benchmark {
    static final String ID = "T6";

    private static final String PEER = "peer";
    private static final int MESSAGES_EACH = 500;
    private static final int CONVERSATIONS_EACH = 100;
    private static final int QUERY_CALLERS = 2;
    private static final int LAG_CALLERS = 8;
    private static final int BATCHES_IN_FLIGHT = 8;
    private static final long BUILD_SECONDS = 1_800;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long FIND_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** The most frequent words are nobody's query. */
    private static final int LEAST_RANK = 20;

    private final AtomicLong ids = new AtomicLong();

    /** Who has which conversations. */
    private record User(String name, List<String> conversations) {}

    @Override
    public List<String> ids() {
        return List.of(ID);
    }

    @Override
    public List<BenchResult> run(BenchContext context, Set<String> wanted) throws Exception {
        int messages = context.settings().searchMessages();
        List<User> users = users(context, Math.max(2, messages / MESSAGES_EACH));
        long begun = System.nanoTime();
        fill(context, users, messages);
        double sentSeconds = (System.nanoTime() - begun) / 1e9;
        awaitIndex(context, messages);
        double builtSeconds = (System.nanoTime() - begun) / 1e9;
        List<Measure> measures = context.rounds()
                .run(List.of(
                        new Side(
                                "SearchMessages, page of 20",
                                duration -> LoadDriver.callers(
                                        QUERY_CALLERS, duration, caller -> random -> query(context, users, random))),
                        new Side(
                                "sent to found",
                                duration -> LoadDriver.callers(
                                        LAG_CALLERS, duration, caller -> new SendAndFind(context, users)))));
        Measure queries = measures.get(0);
        Measure lag = measures.get(1);
        return List.of(new BenchResult(
                ID,
                String.format(
                        Locale.ROOT,
                        "search over %,d messages in %,d conversations, %d callers",
                        messages,
                        users.stream()
                                .mapToInt(user -> user.conversations().size())
                                .sum(),
                        QUERY_CALLERS),
                List.of(queries, lag),
                List.of(
                        Check.atMost("queries p99 ms", queries.p99Millis(), 50),
                        Check.atMost("index lag p99 ms", lag.p99Millis(), 3_000)),
                List.of(
                        String.format(
                                Locale.ROOT,
                                "lag: sent to found, p50 %.0f, p99 %.0f, p99.9 %.0f ms, %d callers that look every 2 ms",
                                lag.p50Millis(),
                                lag.p99Millis(),
                                lag.p999Millis(),
                                LAG_CALLERS),
                        String.format(
                                Locale.ROOT,
                                "sent in %.0f s, all of it found after %.0f s: %,.0f messages a second",
                                sentSeconds,
                                builtSeconds,
                                messages / builtSeconds),
                        "queries: a word, two words, a phrase, a prefix, a word of a sender, each in the app, in one"
                                + " conversation or in the 100 of a user, by time or by relevance; hits are read from the"
                                + " conversations",
                        "absolute figures: there is no baseline")));
    }

    private static List<User> users(BenchContext context, int conversations) {
        List<User> users = new ArrayList<>();
        context.say(String.format(Locale.ROOT, "  making %,d conversations", conversations));
        for (int left = conversations; left > 0; left -= CONVERSATIONS_EACH) {
            String name = MessagingLoad.user("reader", users.size());
            users.add(new User(
                    name,
                    context.messaging().conversationsOf(List.of(name), PEER, Math.min(left, CONVERSATIONS_EACH))));
        }
        context.messaging().awaitFanout();
        return users;
    }

    private void fill(BenchContext context, List<User> users, int messages) {
        context.say(String.format(Locale.ROOT, "  sending %,d messages", messages));
        List<String> conversations =
                users.stream().flatMap(user -> user.conversations().stream()).toList();
        SplittableRandom random = new SplittableRandom(7);
        List<CompletableFuture<?>> open = new ArrayList<>();
        int left = messages;
        for (int i = 0; left > 0; i++) {
            int size = Math.min(left, MESSAGES_EACH);
            left -= size;
            open.add(send(context, conversations.get(i % conversations.size()), size, random));
            if (open.size() == BATCHES_IN_FLIGHT || left == 0) {
                open.forEach(TidelineLoad::await);
                open.clear();
            }
        }
    }

    private CompletableFuture<?> send(BenchContext context, String conversation, int count, SplittableRandom random) {
        SendBatchRequest.Builder batch = SendBatchRequest.newBuilder()
                .setApp(context.messaging().app())
                .setConversationId(conversation)
                .setSender(PEER);
        for (int i = 0; i < count; i++) {
            batch.addMessages(message(Vocabulary.message(random)));
        }
        return client(context).messaging().sendBatch(batch.build());
    }

    private OutgoingMessage message(String text) {
        return OutgoingMessage.newBuilder()
                .setClientMessageId("t6-" + ids.incrementAndGet())
                .setKind("text")
                .setPayload(ByteString.copyFromUtf8(text))
                .build();
    }

    private static TidelineClient client(BenchContext context) {
        return context.tideline().client();
    }

    private static SearchMessagesRequest.Builder wanted(BenchContext context, String query) {
        return SearchMessagesRequest.newBuilder()
                .setApp(context.messaging().app())
                .setQuery(query);
    }

    private static SearchMessagesResponse search(BenchContext context, SearchMessagesRequest.Builder request) {
        return TidelineLoad.await(client(context).search().messages(request.build()));
    }

    /** Waits until the index has everything, looking now and then. */
    private static void awaitIndex(BenchContext context, int messages) {
        context.say("  waiting for the index");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BUILD_SECONDS);
        while (true) {
            var stats = search(context, wanted(context, "from:" + PEER).setPageSize(1))
                    .getStats();
            if (!stats.getBuilding() && stats.getPending() == 0 && stats.getTotal() > 0) {
                break;
            }
            if (System.nanoTime() - end > 0) {
                throw new BenchFailedException("the index is not ready after " + BUILD_SECONDS + " s");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
        long found = search(context, wanted(context, Vocabulary.word(0)).setPageSize(1))
                .getStats()
                .getTotal();
        if (found == 0) {
            throw new BenchFailedException("the most frequent word of " + messages + " messages is not found");
        }
    }

    private static void query(BenchContext context, List<User> users, SplittableRandom random) {
        String word = Vocabulary.word(Vocabulary.rank(random, LEAST_RANK));
        String other = Vocabulary.word(Vocabulary.rank(random, LEAST_RANK));
        String text =
                switch (random.nextInt(6)) {
                    case 0 -> word + " " + other;
                    case 1 -> "\"" + word + " " + other + "\"";
                    case 2 -> word.substring(0, Math.min(4, word.length())) + "*";
                    case 3 -> "from:" + PEER + " " + word;
                    default -> word;
                };
        SearchMessagesRequest.Builder request = wanted(context, text)
                .setOrder(
                        random.nextInt(4) == 0 ? SearchOrder.SEARCH_ORDER_RELEVANCE : SearchOrder.SEARCH_ORDER_NEWEST);
        User user = users.get(random.nextInt(users.size()));
        switch (random.nextInt(3)) {
            case 0 -> request.setUser(user.name());
            case 1 ->
                request.addConversationIds(user.conversations()
                        .get(random.nextInt(user.conversations().size())));
            default -> {
                // All of the app.
            }
        }
        search(context, request);
    }

    /** A message with a word that no other has, and the search for it until it is found. One caller uses it. */
    private final class SendAndFind implements BlockingOperation {
        private final BenchContext context;
        private final List<User> users;

        SendAndFind(BenchContext context, List<User> users) {
            this.context = context;
            this.users = users;
        }

        @Override
        public void run(SplittableRandom random) {
            String token = "unique" + ids.incrementAndGet();
            User user = users.get(random.nextInt(users.size()));
            String conversation =
                    user.conversations().get(random.nextInt(user.conversations().size()));
            TidelineLoad.await(client(context)
                    .messaging()
                    .sendBatch(SendBatchRequest.newBuilder()
                            .setApp(context.messaging().app())
                            .setConversationId(conversation)
                            .setSender(PEER)
                            .addMessages(message(Vocabulary.message(random) + " " + token))
                            .build()));
            long end = System.nanoTime() + FIND_NANOS;
            while (search(context, wanted(context, token)).getHitsCount() == 0) {
                if (System.nanoTime() - end > 0) {
                    throw new BenchFailedException("a message was not found within a minute");
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }
}
