package io.tideline.store.search;

import static io.tideline.store.Messaging.APP;
import static io.tideline.store.Messaging.await;
import static io.tideline.store.Messaging.done;
import static io.tideline.store.Messaging.soon;
import static io.tideline.store.Messaging.user;
import static io.tideline.store.search.SearchWorld.after;
import static io.tideline.store.search.SearchWorld.as;
import static io.tideline.store.search.SearchWorld.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.core.conversation.Conversation;
import io.tideline.core.conversation.ConversationId;
import io.tideline.core.conversation.ConversationSettings;
import io.tideline.core.conversation.DiffusionPolicy;
import io.tideline.core.store.TimelineAppend;
import io.tideline.core.timeline.ClientMessageId;
import io.tideline.core.timeline.MessageKind;
import io.tideline.core.timeline.NewEntry;
import io.tideline.core.timeline.Payload;
import io.tideline.core.timeline.SenderId;
import io.tideline.core.timeline.SequenceId;
import io.tideline.core.timeline.TimelineId;
import io.tideline.store.Messaging;
import io.tideline.store.Refusal;
import io.tideline.store.message.MessageAt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SearchServiceTest {
    @TempDir
    private Path directory;

    private SearchWorld world;
    private Messaging messaging;
    private ConversationId room;

    @BeforeEach
    void open() {
        world = new SearchWorld(directory.resolve("search"));
        messaging = world.messaging;
        room = messaging.groupOf("ann", "bob");
    }

    @AfterEach
    void close() {
        world.close();
    }

    private MessageAt last() {
        return new MessageAt(
                APP,
                room,
                messaging.entries(room.timeline(APP)).stream()
                        .reduce((a, b) -> b)
                        .orElseThrow()
                        .seq());
    }

    @Test
    void messages_byWordsPhrasesPrefixesAndBooleans() {
        world.say(room, "ann", "The boot menu of GRUB is plain");
        world.say(room, "bob", "menu boot");
        world.say(room, "ann", "see www.ubuntu.com");

        assertThat(world.texts("boot menu")).containsExactly("menu boot", "The boot menu of GRUB is plain");
        assertThat(world.texts("\"boot menu\"")).containsExactly("The boot menu of GRUB is plain");
        assertThat(world.texts("\"boot grub\"~2")).containsExactly("The boot menu of GRUB is plain");
        assertThat(world.texts("ubuntu")).containsExactly("see www.ubuntu.com");
        assertThat(world.texts("ubun*")).containsExactly("see www.ubuntu.com");
        assertThat(world.texts("www.ubuntu.com")).containsExactly("see www.ubuntu.com");
        assertThat(world.texts("boot -grub")).containsExactly("menu boot");
        assertThat(world.texts("grub OR ubuntu")).hasSize(2);
        assertThat(world.texts("from:bob")).containsExactly("menu boot");
        assertThat(world.texts("from:ann -see kind:text")).containsExactly("The boot menu of GRUB is plain");
        assertThat(world.texts("!!!")).isEmpty();
        assertThat(world.texts("boot ->")).hasSize(2);
        assertThat(world.texts("nowhere")).isEmpty();
        assertThat(world.texts("")).hasSize(3);
    }

    @Test
    void messages_inChineseJapaneseAndKorean() {
        world.say(room, "ann", "我在东京塔等你");
        world.say(room, "bob", "東京 tower の下");
        world.say(room, "ann", "서울에서 만나요");

        assertThat(world.texts("东京")).containsExactly("我在东京塔等你");
        assertThat(world.texts("塔")).containsExactly("我在东京塔等你");
        assertThat(world.texts("京东")).isEmpty();
        assertThat(world.texts("\"東京 tower\"")).containsExactly("東京 tower の下");
        assertThat(world.texts("서울*")).containsExactly("서울에서 만나요");
        assertThat(world.texts("等*")).containsExactly("我在东京塔等你");
    }

    @Test
    void pages_fitTogether_inEveryOrder() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            world.say(room, "ann", "again and again ".repeat(i % 3 + 1) + i);
            all.add(0, "again and again ".repeat(i % 3 + 1) + i);
        }

        for (SearchSort sort : List.of(SearchSort.NEWEST, SearchSort.OLDEST, SearchSort.RELEVANCE)) {
            List<String> paged = new ArrayList<>();
            SearchRequest request = request("again", sort, 4);
            Optional<SortKey> next;
            do {
                SearchPage<FoundMessage> page = world.page(request);
                assertThat(page.count()).isEqualTo(25);
                assertThat(page.countExact()).isTrue();
                page.items()
                        .forEach(found ->
                                paged.add(found.view().entry().payload().toUtf8()));
                next = page.next();
                request = after(request, next);
            } while (next.isPresent());
            assertThat(paged).containsExactlyInAnyOrderElementsOf(all);
            if (sort == SearchSort.NEWEST) {
                assertThat(paged).isEqualTo(all);
            }
        }
    }

    @Test
    void edits_areFoundByWhatTheyShowNow() {
        world.say(room, "ann", "first wording");
        MessageAt at = last();
        assertThat(world.texts("wording")).hasSize(1);

        done(messaging.messages.edit(at, user("ann"), Messaging.text("e1", "second try"), soon()));

        assertThat(world.texts("wording")).isEmpty();
        assertThat(world.texts("second")).containsExactly("second try");
    }

    @Test
    void recalledAndDeleted_areNotFound() {
        world.say(room, "ann", "regret this");
        MessageAt recalled = last();
        world.say(room, "ann", "regret that");
        MessageAt deleted = last();
        assertThat(world.texts("regret")).hasSize(2);

        done(messaging.messages.recall(recalled, user("ann"), soon()));
        done(messaging.messages.deleteForAll(deleted, user("ann"), soon()));

        assertThat(world.texts("regret")).isEmpty();
        assertThat(world.page(request("regret")).count()).isZero();
    }

    @Test
    void viewer_seesWhatHisMembershipMaySee() {
        ConversationId closed = messaging
                .create(Messaging.group("ann", Messaging.users("bob"), Messaging.settings(DiffusionPolicy.READ, false)))
                .conversation()
                .id();
        world.say(closed, "ann", "secret before");
        done(messaging.conversations.addMembers(
                APP, closed, user("ann"), Messaging.users("carl"), Optional.empty(), soon()));
        world.say(closed, "ann", "secret between");
        MessageAt between = new MessageAt(APP, closed, messaging.lastSeq(closed));
        done(messaging.conversations.removeMembers(APP, closed, user("carl"), Messaging.users("carl"), soon()));
        world.say(closed, "ann", "secret after");

        assertThat(world.texts(as(request("secret"), "ann", closed))).hasSize(3);
        assertThat(world.texts(as(request("secret"), "carl", closed))).containsExactly("secret between");
        assertThat(world.page(as(request("secret"), "carl", closed)).count()).isEqualTo(1);
        assertThat(Messaging.refusal(world.service.messages(as(request("secret"), "eve", closed), soon())))
                .isEqualTo(Refusal.NOT_MEMBER);
        assertThat(Messaging.refusal(
                        world.service.messages(as(request("x"), "eve", new ConversationId("nowhere")), soon())))
                .isEqualTo(Refusal.CONVERSATION_NOT_FOUND);

        done(messaging.messages.edit(between, user("ann"), Messaging.text("e2", "edited afterwards"), soon()));
        assertThat(world.texts(as(request("afterwards"), "carl", closed))).isEmpty();
        assertThat(world.texts(as(request("afterwards"), "bob", closed))).hasSize(1);
    }

    @Test
    void hidden_isNotFoundByWhoHasHiddenIt() {
        world.say(room, "ann", "only for others");
        MessageAt at = last();

        done(messaging.messages.deleteForMe(at, user("bob"), soon()));

        assertThat(world.texts(as(request("others"), "bob", room))).isEmpty();
        assertThat(world.texts(as(request("others"), "ann", room))).hasSize(1);
    }

    @Test
    void apps_doNotSeeEachOther() {
        world.say(room, "ann", "common word");
        TimelineId other = TimelineId.conversation("bank", room.value());
        await(messaging.store.append(
                TimelineAppend.of(other, NewEntry.text("ann", "1", "common word of the bank")), soon()));

        assertThat(world.texts("common")).containsExactly("common word");
    }

    @Test
    void plainTimelines_andOpaqueKinds_areFound() {
        TimelineId plain = TimelineId.conversation("shop", "#ubuntu channel");
        await(messaging.store.append(TimelineAppend.of(plain, NewEntry.text("nick", "1", "apt get")), soon()));
        await(messaging.store.append(
                TimelineAppend.of(
                        plain,
                        new NewEntry(
                                new SenderId("nick"),
                                new ClientMessageId("2"),
                                new MessageKind("image"),
                                Payload.utf8("apt"))),
                soon()));

        assertThat(world.texts("apt")).containsExactly("apt get");
        assertThat(world.texts("kind:image from:nick")).hasSize(1);
        assertThat(world.page(request("apt")).items().get(0).conversation()).isEqualTo("#ubuntu channel");
    }

    private static SearchRequest of(SearchSubject subject, String query, SearchSort sort) {
        return new SearchRequest(
                APP,
                Optional.empty(),
                List.of(),
                subject,
                QueryText.parse(query, subject),
                sort,
                10,
                Optional.empty(),
                true);
    }

    private List<String> conversations(String query) {
        return done(world.service.conversations(of(SearchSubject.CONVERSATIONS, query, SearchSort.LARGEST), soon()))
                .items()
                .stream()
                .map(Conversation::id)
                .map(ConversationId::value)
                .toList();
    }

    @Test
    void conversations_byAttributes() {
        ConversationSettings settings = new ConversationSettings(
                DiffusionPolicy.AUTO, true, Map.of("title", "Summer trip to Rome", "due", "2024-07-01"));
        String trip = messaging
                .create(Messaging.group("ann", Messaging.users("bob", "carl"), settings))
                .conversation()
                .id()
                .value();

        assertThat(conversations("summer")).containsExactly(trip);
        assertThat(conversations("title:\"trip to rome\"")).containsExactly(trip);
        assertThat(conversations("title:rom*")).containsExactly(trip);
        assertThat(conversations("due:rome")).isEmpty();
        assertThat(conversations("due>=2024-01-01 due<2025")).containsExactly(trip);
        assertThat(conversations("due<2024")).isEmpty();
        assertThat(conversations("title=\"Summer trip to Rome\"")).containsExactly(trip);
        assertThat(conversations("members>=3")).containsExactly(trip);
        assertThat(conversations("kind:group by:ann")).containsExactly(trip, room.value());
        assertThat(conversations("dissolved:true")).isEmpty();
    }

    @Test
    void members_byUserAndRole() {
        ConversationId other = messaging.groupOf("carl", "bob");
        done(messaging.conversations.removeMembers(APP, other, user("bob"), Messaging.users("bob"), soon()));

        List<IndexedMember> bob = done(world.service.members(
                        of(SearchSubject.MEMBERS, "user:bob active:true", SearchSort.NAME), soon()))
                .items();
        List<IndexedMember> owners = done(world.service.members(
                        of(SearchSubject.MEMBERS, "role:owner", SearchSort.NAME), soon()))
                .items();

        assertThat(bob).extracting(IndexedMember::conversation).containsExactly(room.value());
        assertThat(owners)
                .extracting(member -> member.membership().user().value())
                .containsExactlyInAnyOrder("ann", "carl");
    }

    @Test
    void stale_hitsAreLeftOut_andDropped() {
        for (int i = 0; i < 6; i++) {
            world.say(room, "ann", "number " + i);
        }
        assertThat(world.texts("number")).hasSize(6);
        // Behind the back of the index: no event, no listener.
        SequenceId last = last().seq();
        await(messaging.store.hot().erase(room.timeline(APP), List.of(last, last.plus(-1)), soon()));

        assertThat(world.texts(request("number", SearchSort.NEWEST, 3)))
                .containsExactly("number 3", "number 2", "number 1");
        assertThat(world.page(request("number")).count()).isLessThanOrEqualTo(6);
        assertThat(world.metrics.counter("search.hits.stale").getCount()).isPositive();
    }
}
