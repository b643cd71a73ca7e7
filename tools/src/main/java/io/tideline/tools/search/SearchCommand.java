package io.tideline.tools.search;

import com.google.protobuf.Timestamp;
import io.tideline.api.v1.SearchConversationsRequest;
import io.tideline.api.v1.SearchConversationsResponse;
import io.tideline.api.v1.SearchMembersRequest;
import io.tideline.api.v1.SearchMembersResponse;
import io.tideline.api.v1.SearchMessagesRequest;
import io.tideline.api.v1.SearchMessagesResponse;
import io.tideline.api.v1.SearchOrder;
import io.tideline.api.v1.SearchStats;
import io.tideline.client.SearchClient;
import io.tideline.client.TidelineClient;
import io.tideline.tools.command.ExitCode;
import io.tideline.tools.command.ServerCommand;
import io.tideline.tools.command.TimelineOptions;
import io.tideline.tools.messaging.MessagingRecords;
import io.tideline.tools.output.Column;
import io.tideline.tools.output.Fields;
import io.tideline.tools.output.OutputFormat;
import io.tideline.tools.output.RecordWriter;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds messages, conversations or members. */
@Command(
        name = "search",
        description = {
            "Finds messages by words, sender, kind and time; conversations by their attributes;",
            "members by user and role."
        },
        footer = {
            "  tideline search grub boot                       both words",
            "  tideline search '\"boot menu\" -lilo' --user bob  in the conversations of bob",
            "  tideline search --phrase 'boot menu' --since 2024-03-01 --sender alice,carol",
            "  tideline search 'ubun* OR from:bob' --conversation 1k3v9m2x0w8 --sort oldest",
            "  tideline search --kind image --limit 200 -o jsonl",
            "  tideline search grub --count",
            "  tideline search 'title:\"summer trip\" members>=10' --find conversations",
            "  tideline search 'user:al* role:owner' --find members",
            "",
            "In a query: words (all of them), \"a phrase\", \"near words\"~3, begin*, OR, -not,",
            "( ), field:value, field:begin*, field=\"the whole\", time>=2024-03-01. Fields of",
            "messages: from, kind, in, time, seq; of conversations: id, kind, by, dissolved,",
            "members, created and every attribute; of members: in, user, role, active, joined."
        })
public final class SearchCommand extends ServerCommand {
    private static final int MAX_PAGE = 100;

    private static final List<Column> MESSAGES = List.of(
            Column.text("conversationId"),
            Column.number("seq"),
            Column.text("serverTime"),
            Column.text("sender"),
            Column.text("kind"),
            Column.text("state"),
            Column.text("text"));

    private static final List<Column> CONVERSATIONS = List.of(
            Column.text("id"),
            Column.text("kind"),
            Column.number("memberCount"),
            Column.text("createdBy"),
            Column.text("createTime"),
            Column.text("attributes"));

    private static final List<Column> MEMBERS = List.of(
            Column.text("conversationId"),
            Column.text("user"),
            Column.text("role"),
            Column.number("joinedSeq"),
            Column.number("leftSeq"));

    /** What is looked for. */
    enum What {
        messages,
        conversations,
        members
    }

    /** Of hits. */
    enum Order {
        newest,
        oldest,
        relevance,
        largest
    }

    @Mixin
    private final TimelineOptions app = new TimelineOptions();

    @Parameters(arity = "0..*", paramLabel = "QUERY", description = "As told below; several are all wanted.")
    private List<String> query = List.of();

    @Option(
            names = "--find",
            paramLabel = "WHAT",
            defaultValue = "messages",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private What what = What.messages;

    @Option(
            names = "--user",
            paramLabel = "USER",
            description = "Who looks, and finds what he may see (default: everything, as back ends see it).")
    private String user = "";

    @Option(names = "--conversation", split = ",", paramLabel = "ID", description = "Only in these (default: all).")
    private List<String> conversations = List.of();

    @Option(names = "--sender", split = ",", paramLabel = "USER", description = "Messages of these.")
    private List<String> senders = List.of();

    @Option(names = "--kind", split = ",", paramLabel = "KIND", description = "Messages of these kinds.")
    private List<String> kinds = List.of();

    @Option(names = "--since", paramLabel = "TIME", description = "Messages at or after this day or instant (UTC).")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Messages before this day or instant (UTC).")
    private @Nullable String until;

    @Option(names = "--phrase", paramLabel = "WORDS", description = "These words next to each other.")
    private List<String> phrases = List.of();

    @Option(names = "--prefix", paramLabel = "BEGIN", description = "A word that begins so.")
    private List<String> prefixes = List.of();

    @Option(
            names = "--sort",
            paramLabel = "ORDER",
            description = "${COMPLETION-CANDIDATES}; the last of conversations only (default: newest).")
    private @Nullable Order order;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "Hits, 1 or more (default: ${DEFAULT-VALUE}).")
    private int limit = 20;

    @Option(names = "--page-token", paramLabel = "TOKEN", description = "Goes on where an earlier search ended.")
    private String pageToken = "";

    @Option(names = "--count", description = "Says only how many hits there are.")
    private boolean count;

    @Option(names = "--up-to-date", description = "Waits until all that was sent before can be found.")
    private boolean upToDate;

    /** One answer of any kind. */
    private record Page(List<Fields> records, SearchStats stats, String next) {}

    @Override
    public Integer call() {
        common.require(limit >= 1, "--limit: " + limit + " (expected: 1 or more)");
        boolean messages = what == What.messages;
        common.require(
                messages || senders.isEmpty() && kinds.isEmpty() && since == null && until == null,
                "--sender, --kind, --since and --until: only of messages");
        common.require(
                what != What.conversations || conversations.isEmpty(), "--conversation: not of conversations; try id:");
        common.require(what != What.members || order == null, "--sort: not of members");
        common.require(
                order != Order.largest || what == What.conversations, "--sort: largest (expected: of conversations)");
        try (TidelineClient client = connection.open()) {
            SearchClient search = client.search();
            if (count) {
                SearchStats stats = page(search, 1, "").stats();
                output.document()
                        .print(new Fields()
                                .put("total", stats.getTotal())
                                .put("totalExact", stats.getTotalExact())
                                .put("building", stats.getBuilding())
                                .put("pending", stats.getPending())
                                .put("behindMillis", stats.getBehindMillis()));
            } else {
                pages(search);
            }
        }
        return ExitCode.OK;
    }

    private void pages(SearchClient search) {
        RecordWriter records = output.records(
                switch (what) {
                    case messages -> MESSAGES;
                    case conversations -> CONVERSATIONS;
                    case members -> MEMBERS;
                });
        String token = pageToken;
        int left = limit;
        int shown = 0;
        Page page;
        do {
            page = page(search, Math.min(left, MAX_PAGE), token);
            page.records().forEach(records::write);
            records.flush();
            shown += page.records().size();
            left -= page.records().size();
            token = page.next();
        } while (left > 0 && !token.isEmpty() && !output.out().checkError());
        records.end();
        remark(page.stats(), shown, token);
    }

    /** Beside a table, what is not on this page. */
    private void remark(SearchStats stats, int shown, String next) {
        if (output.format() != OutputFormat.table && next.isEmpty()) {
            return;
        }
        String more = stats.getTotalExact() ? "" : "more than ";
        output.err()
                .println("tideline: " + shown + " of " + more + stats.getTotal()
                        + (stats.getBuilding() ? "; the index is being made and may lack some" : "")
                        + (stats.getPartial() ? "; not all conversations of the user were looked in" : "")
                        + (next.isEmpty() ? "" : "; go on with --page-token " + next));
        output.err().flush();
    }

    private Page page(SearchClient search, int size, String token) {
        return switch (what) {
            case messages -> messages(search, size, token);
            case conversations -> conversations(search, size, token);
            case members -> members(search, size, token);
        };
    }

    private Page messages(SearchClient search, int size, String token) {
        SearchMessagesRequest.Builder request = SearchMessagesRequest.newBuilder()
                .setApp(app.app())
                .setUser(user)
                .addAllConversationIds(conversations)
                .setQuery(text())
                .addAllSenders(senders)
                .addAllKinds(kinds)
                .setOrder(order())
                .setPageSize(size)
                .setPageToken(token)
                .setUpToDate(upToDate);
        if (since != null) {
            request.setSince(time("--since", since));
        }
        if (until != null) {
            request.setUntil(time("--until", until));
        }
        SearchMessagesResponse page = connection.await(search.messages(request.build()));
        List<Fields> records = page.getHitsList().stream()
                .map(hit -> MessagingRecords.message(hit.getMessage(), output.format())
                        .put("score", hit.getScore() == 0 ? null : hit.getScore()))
                .toList();
        return new Page(records, page.getStats(), page.getNextPageToken());
    }

    private Page conversations(SearchClient search, int size, String token) {
        SearchConversationsResponse page = connection.await(search.conversations(SearchConversationsRequest.newBuilder()
                .setApp(app.app())
                .setUser(user)
                .setQuery(text())
                .setOrder(order())
                .setPageSize(size)
                .setPageToken(token)
                .setUpToDate(upToDate)
                .build()));
        List<Fields> records = page.getConversationsList().stream()
                .map(MessagingRecords::conversation)
                .toList();
        return new Page(records, page.getStats(), page.getNextPageToken());
    }

    private Page members(SearchClient search, int size, String token) {
        SearchMembersResponse page = connection.await(search.members(SearchMembersRequest.newBuilder()
                .setApp(app.app())
                .setUser(user)
                .addAllConversationIds(conversations)
                .setQuery(text())
                .setPageSize(size)
                .setPageToken(token)
                .setUpToDate(upToDate)
                .build()));
        List<Fields> records = page.getHitsList().stream()
                .map(hit -> MessagingRecords.member(hit.getMember()).put("conversationId", hit.getConversationId()))
                .toList();
        return new Page(records, page.getStats(), page.getNextPageToken());
    }

    private SearchOrder order() {
        if (order == null) {
            return SearchOrder.SEARCH_ORDER_UNSPECIFIED;
        }
        return switch (order) {
            case newest -> SearchOrder.SEARCH_ORDER_NEWEST;
            case oldest -> SearchOrder.SEARCH_ORDER_OLDEST;
            case relevance -> SearchOrder.SEARCH_ORDER_RELEVANCE;
            case largest -> SearchOrder.SEARCH_ORDER_LARGEST;
        };
    }

    /** The query, with what options add to it. */
    private String text() {
        List<String> parts = new ArrayList<>();
        String given = String.join(" ", query);
        boolean more = !phrases.isEmpty() || !prefixes.isEmpty();
        if (!given.isBlank()) {
            parts.add(more ? "(" + given + ")" : given);
        }
        phrases.forEach(phrase -> parts.add("\"" + phrase.replace("\\", "\\\\").replace("\"", "\\\"") + "\""));
        prefixes.forEach(prefix -> parts.add(prefix.replaceAll("([^\\p{L}\\p{N}])", "\\\\$1") + "*"));
        return String.join(" ", parts);
    }

    private Timestamp time(String option, String text) {
        try {
            Instant instant = text.contains("T")
                    ? Instant.parse(text)
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            return Timestamp.newBuilder()
                    .setSeconds(instant.getEpochSecond())
                    .setNanos(instant.getNano())
                    .build();
        } catch (DateTimeParseException e) {
            common.require(false, option + ": " + text + " (expected: e.g. 2024-03-01 or 2024-03-01T08:00:00Z)");
            throw e;
        }
    }
}
