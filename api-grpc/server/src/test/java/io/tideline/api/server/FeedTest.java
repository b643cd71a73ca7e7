package io.tideline.api.server;

import static io.tideline.api.server.Chat.APP;
import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.api.server.FeedAuthors.Author;
import io.tideline.api.v1.DiffusionPolicy;
import io.tideline.api.v1.GetConversationRequest;
import io.tideline.core.conversation.UserId;
import io.tideline.core.message.InboxEvent;
import io.tideline.core.store.Deadline;
import io.tideline.core.store.ReadQuery;
import io.tideline.core.timeline.AppId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.hbase.codec.InboxCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The hybrid fan-out of feed systems: a thousand authors, one of them followed by all of a hundred thousand readers, the
 * last ones by a single reader each. What the many small ones post is written to inboxes, what the few large ones post is
 * merged when a home timeline is read.
 */
final class FeedTest {
    private static final int AUTHORS = 1_000;
    private static final int READERS = 100_000;
    /** The followings shrink with the author's rank so fast that the last one's is 1. */
    private static final double EXPONENT = Math.log(READERS) / Math.log(AUTHORS);
    /** Readers who follow many authors of all sizes, and are looked at; the first of all readers. */
    private static final int KEEN = 40;
    /** Any others, who follow hardly anybody but the large ones. */
    private static final int OTHERS = 60;

    private static final double KEEN_FOLLOWS = 0.3;
    private static final int ROUNDS = 6;
    /** Two hundred thousand followings take seconds, on a busy machine many. */
    private static final Duration FANOUT_PATIENCE = Duration.ofMinutes(3);

    /** Of the authors, who post in a round. */
    private static final double POSTING = 0.6;
    /** Default of an app: with more members an AUTO channel is read-diffused. */
    private static final int THRESHOLD = 500;

    private final ServerFixture fixture = new ServerFixture();
    private final Chat chat = new Chat(fixture.channel);
    private final FeedAuthors authors = new FeedAuthors(chat);
    private final Random random = new Random(11);
    private final List<FeedDevice> phones = new ArrayList<>();
    private final List<FeedDevice> tablets = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private static String reader(int index) {
        return "reader-" + index;
    }

    private static int followings(int rank) {
        return (int) Math.max(1, Math.round(READERS / Math.pow(rank, EXPONENT)));
    }

    /** Some keen readers first, then any others. */
    private Set<String> followers(int count) {
        Set<String> chosen = new LinkedHashSet<>();
        List<Integer> keen = new ArrayList<>();
        for (int i = 0; i < KEEN; i++) {
            if (random.nextDouble() < KEEN_FOLLOWS) {
                keen.add(i);
            }
        }
        Collections.shuffle(keen, random);
        keen.stream().limit(count).forEach(i -> chosen.add(reader(i)));
        int start = random.nextInt(READERS);
        // A stride without a factor in common with the number of readers comes to each of them once.
        for (int i = 0; chosen.size() < count; i++) {
            chosen.add(reader((int) ((start + i * 7_919L) % READERS)));
        }
        return chosen;
    }

    private void begin() {
        for (int rank = 1; rank <= AUTHORS; rank++) {
            authors.add(followers(followings(rank)));
        }
        for (int i = 0; i < KEEN; i++) {
            phones.add(new FeedDevice(chat, reader(i), "phone", 20));
            tablets.add(new FeedDevice(chat, reader(i), "tablet", 20));
        }
        chat.awaitFanout(FANOUT_PATIENCE);
    }

    private void round(int round) {
        for (Author author : authors.all()) {
            if (random.nextDouble() < POSTING) {
                authors.post(author);
            }
        }
        if (round == 2) {
            cross();
        }
        for (int i = 0; i < KEEN; i++) {
            changeOfMind(reader(i));
        }
        phones.forEach(FeedDevice::catchUp);
        if (round == ROUNDS / 2) {
            tablets.forEach(FeedDevice::catchUp);
        }
    }

    /** A small one becomes large between two posts, and a large one small. */
    private void cross() {
        Author rising = authors.all().get(29);
        Author falling = authors.all().get(21);
        assertThat(rising.followers).hasSizeLessThan(THRESHOLD);
        assertThat(falling.followers).hasSizeGreaterThan(THRESHOLD);
        authors.follow(rising, newTo(rising, 300));
        List<String> leaving = falling.followers.stream()
                .filter(reader -> !isKeen(reader))
                .limit(250)
                .toList();
        leaving.forEach(reader -> authors.unfollow(falling, reader));
        authors.post(rising);
        authors.post(falling);
    }

    private Set<String> newTo(Author author, int count) {
        Set<String> chosen = new LinkedHashSet<>();
        while (chosen.size() < count) {
            String reader = reader(KEEN + random.nextInt(READERS - KEEN));
            if (!author.followers.contains(reader)) {
                chosen.add(reader);
            }
        }
        return chosen;
    }

    private static boolean isKeen(String reader) {
        return Integer.parseInt(reader.substring("reader-".length())) < KEEN;
    }

    /** Drops one author for good, and begins to follow another one. */
    private void changeOfMind(String reader) {
        List<Author> followed = authors.all().stream()
                .filter(author -> author.followers.contains(reader))
                .toList();
        authors.unfollow(followed.get(random.nextInt(followed.size())), reader);
        List<Author> others = authors.all().stream()
                .filter(author -> !author.followings.containsKey(reader))
                .toList();
        authors.follow(others.get(random.nextInt(others.size())), List.of(reader));
    }

    private void check(FeedDevice device) {
        assertThat(device.home()).as(device.reader()).isEqualTo(authors.home(device.reader()));
    }

    private DiffusionPolicy diffusion(Author author) {
        return chat.conversations
                .getConversation(GetConversationRequest.newBuilder()
                        .setApp(APP)
                        .setConversationId(author.channel)
                        .build())
                .getDiffusion();
    }

    /** The posts that were written to a reader's inbox. */
    private List<InboxEvent.Reference> references(String reader) {
        TimelineId inbox = new UserId(reader).inbox(new AppId(APP));
        return fixture
                .memory
                .read(ReadQuery.forward(inbox, 1, ReadQuery.MAX_ENTRIES), Deadline.after(Duration.ofSeconds(10)))
                .join()
                .entries()
                .stream()
                .map(entry -> InboxCodec.decode(entry.kind(), entry.payload()))
                .filter(InboxEvent.Reference.class::isInstance)
                .map(InboxEvent.Reference.class::cast)
                .filter(reference -> reference.kind().value().equals("text"))
                .toList();
    }

    @Test
    void homeTimelines_ofAThousandAuthors_haveEachPostOnceInTheOrderOfTime() {
        begin();
        for (int round = 0; round < ROUNDS; round++) {
            round(round);
        }
        chat.awaitFanout(FANOUT_PATIENCE);
        phones.forEach(FeedDevice::catchUp);
        tablets.forEach(FeedDevice::catchUp);

        phones.forEach(this::check);
        tablets.forEach(this::check);
        List<FeedDevice> fresh = new ArrayList<>();
        for (int i = 0; i < KEEN + OTHERS; i++) {
            String reader = i < KEEN ? reader(i) : reader(KEEN + random.nextInt(READERS - KEEN));
            FeedDevice device = new FeedDevice(chat, reader, "new", 2);
            device.catchUp();
            fresh.add(device);
        }
        fresh.forEach(this::check);
        fresh.forEach(device -> assertThat(chat.unread(device.reader()).getTotal())
                .as(device.reader())
                .isEqualTo(authors.unread(device.reader())));
        checkWhatWasWritten();
    }

    private void checkWhatWasWritten() {
        Set<String> small = new LinkedHashSet<>();
        authors.all().forEach(author -> {
            boolean large = author.followers.size() + 1 > THRESHOLD;
            assertThat(diffusion(author))
                    .as(author.name)
                    .isEqualTo(large ? DiffusionPolicy.DIFFUSION_READ : DiffusionPolicy.DIFFUSION_WRITE);
            if (!large) {
                small.add(author.channel);
            }
        });
        Set<String> crossed =
                Set.of(authors.all().get(21).channel, authors.all().get(29).channel);
        for (int i = 0; i < KEEN; i++) {
            String reader = reader(i);
            long posts = authors.home(reader).stream()
                    .filter(post -> small.contains(post.channel()) && !crossed.contains(post.channel()))
                    .count();
            assertThat(references(reader).stream()
                            .filter(reference ->
                                    !crossed.contains(reference.conversation().value())))
                    .as(reader)
                    .hasSize((int) posts)
                    .allMatch(
                            reference -> small.contains(reference.conversation().value()));
        }
    }
}
