package io.tideline.tools.importing;

import io.tideline.api.v1.Direction;
import io.tideline.api.v1.Entry;
import io.tideline.api.v1.HeadQuery;
import io.tideline.api.v1.HeadsRequest;
import io.tideline.api.v1.ReadRequest;
import io.tideline.api.v1.ReadResponse;
import io.tideline.api.v1.TimelineName;
import io.tideline.client.TidelineClient;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * Finds how far an import has come in a timeline by reading it backward. A timeline that nobody else has written to since
 * costs one page; one without this import is read to its start, because only that proves it.
 */
final class ResumeSearch {
    private static final int FIRST_PAGE = 10;
    private static final int PAGE = 1_000;

    private final TidelineClient client;
    private final ImportIds ids;
    private final Duration patience;

    ResumeSearch(TidelineClient client, ImportIds ids, Duration patience) {
        this.client = client;
        this.ids = ids;
        this.patience = patience;
    }

    /** The last line that {@code timeline} holds; blocks. */
    ResumePoint find(TimelineName timeline) {
        HeadsRequest heads = HeadsRequest.newBuilder()
                .addQueries(HeadQuery.newBuilder().setTimeline(timeline))
                .build();
        long head = await(client.heads(heads)).getHeads(0).getLastSeq();
        if (head == 0) {
            return ResumePoint.START;
        }
        ReadRequest.Builder request = ReadRequest.newBuilder()
                .setTimeline(timeline)
                .setDirection(Direction.BACKWARD)
                .setKnownSeq(head)
                .setPageSize(FIRST_PAGE);
        while (true) {
            ReadResponse page = await(client.read(request.build()));
            for (Entry entry : page.getEntriesList()) {
                OptionalLong line = ids.lineOf(entry.getClientMessageId());
                if (line.isPresent()) {
                    return ResumePoint.at(line.getAsLong(), entry);
                }
            }
            if (page.getNextPageToken().isEmpty()) {
                return ResumePoint.START;
            }
            request.setPageToken(page.getNextPageToken()).setPageSize(PAGE);
        }
    }

    private <T> T await(CompletableFuture<T> answer) {
        return Answers.await(answer, patience);
    }
}
