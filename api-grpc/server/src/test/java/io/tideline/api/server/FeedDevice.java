package io.tideline.api.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tideline.api.server.FeedAuthors.Post;
import io.tideline.api.v1.ListMessagesRequest;
import io.tideline.api.v1.ListMessagesResponse;
import io.tideline.api.v1.Message;
import io.tideline.api.v1.MessageGap;
import io.tideline.api.v1.SyncRange;
import io.tideline.api.v1.SyncResponse;
import java.util.ArrayList;
import java.util.List;

/** A device that shows a home timeline: it merges what its syncs bring. */
final class FeedDevice {
    private final Chat chat;
    private final String reader;
    private final String device;
    private final int latest;
    private final List<Post> posts = new ArrayList<>();
    private String ack = "";

    /** @param latest how many posts of an author that is new to the device it wants at first */
    FeedDevice(Chat chat, String reader, String device, int latest) {
        this.chat = chat;
        this.reader = reader;
        this.device = device;
        this.latest = latest;
    }

    String reader() {
        return reader;
    }

    /** Gets everything that it has not got. */
    void catchUp() {
        SyncResponse page;
        do {
            page = chat.sync.sync(Chat.syncing(reader, device)
                    .setAck(ack)
                    .setPageSize(100)
                    .setLatest(latest)
                    .build());
            List<Post> found = posts(page.getMessagesList());
            assertThat(found).as("a page is in the order of time").isSortedAccordingTo(FeedAuthors.HOME);
            posts.addAll(found);
            page.getRangesList().forEach(this::onDemand);
            ack = page.getNext();
        } while (page.getHasMore());
    }

    private void onDemand(SyncRange range) {
        for (MessageGap gap : range.getGapsList()) {
            if (gap.getType() == MessageGap.Type.MESSAGE_GAP_ON_DEMAND) {
                older(range.getConversationId(), gap);
            }
        }
    }

    private void older(String channel, MessageGap gap) {
        ListMessagesRequest.Builder request = Chat.history(channel, reader)
                .setFromSeq(gap.getFromSeq())
                .setToSeq(gap.getToSeq())
                .setPageSize(7);
        ListMessagesResponse page;
        do {
            page = chat.messages.listMessages(request.build());
            posts.addAll(posts(page.getMessagesList()));
            request.setPageToken(page.getNextPageToken());
        } while (!page.getNextPageToken().isEmpty());
    }

    private static List<Post> posts(List<Message> messages) {
        return messages.stream()
                .filter(message -> !message.hasEvent())
                .map(message -> new Post(
                        message.getConversationId(),
                        message.getSeq(),
                        Messages.micros(message.getServerTime()),
                        message.getPayload().toStringUtf8()))
                .toList();
    }

    /** Everything it was ever brought, as often as it was, in the order of time. */
    List<Post> home() {
        return posts.stream().sorted(FeedAuthors.HOME).toList();
    }
}
