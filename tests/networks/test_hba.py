import pytest
import torch

from retina_studio.networks.hba import ChannelGate, HBABlock, RelativeAttention


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)
    torch.manual_seed(0)


def test_three_blocks_of_the_paper_have_its_parameters_and_halve_the_map_once():
    with torch.device("meta"):
        blocks = torch.nn.Sequential(
            HBABlock(1024, 1024, 32, 32, stride=2),
            HBABlock(1024, 1024, 16, 16),
            HBABlock(1024, 1024, 16, 16),
        )
        assert blocks(torch.empty(2, 1024, 32, 32)).shape == (2, 1024, 16, 16)
    assert sum(p.numel() for p in blocks.parameters()) == 3_290_848


def test_position_logits_are_those_of_a_loop_over_queries_and_keys():
    height, width, heads, depth = 3, 5, 2, 4
    attention = RelativeAttention(heads * depth, height, width, heads)
    query = torch.randn(2, heads, height * width, depth)
    expected = torch.empty(2, heads, height * width, height * width)
    places = [(y, x) for y in range(height) for x in range(width)]
    for i, (y, x) in enumerate(places):
        for j, (other_y, other_x) in enumerate(places):
            rows, columns = (
                attention.rows[other_y - y + height - 1],
                attention.columns[other_x - x + width - 1],
            )
            expected[:, :, i, j] = query[:, :, i] @ (rows + columns)
    torch.testing.assert_close(attention.position_logits(query), expected)


def test_attention_is_softmax_of_content_and_position_with_the_scaled_query_in_both():
    height, width, heads, depth = 2, 3, 2, 4
    attention = RelativeAttention(heads * depth, height, width, heads)
    x = torch.randn(1, heads * depth, height, width)
    query, key, value = attention.qkv(x[0].flatten(1).T).split(heads * depth, dim=1)
    expected = []
    for head in range(heads):
        part = slice(head * depth, (head + 1) * depth)
        q = query[:, part] / depth**0.5
        position = attention.position_logits(q[None, None])[0, 0]
        expected.append((q @ key[:, part].T + position).softmax(dim=1) @ value[:, part])
    torch.testing.assert_close(attention(x)[0].flatten(1).T, torch.cat(expected, dim=1))


def test_tables_start_with_deviation_one_over_root_d_and_belong_to_one_size():
    attention = RelativeAttention(256, 32, 16)
    assert attention.rows.shape == (63, 64)
    assert attention.columns.shape == (31, 64)
    assert float(attention.rows.detach().std()) == pytest.approx(64**-0.5, rel=0.05)
    with pytest.raises(ValueError, match="made for maps of 32 x 16, not 16 x 16"):
        attention(torch.zeros(1, 256, 16, 16))


def test_gate_weighs_channels_by_mean_and_maximum_through_the_same_layers():
    gate, x = ChannelGate(16), torch.randn(2, 16, 3, 4)
    first, _, second = gate.layers
    pools = (x.flatten(2).mean(dim=2), x.flatten(2).max(dim=2).values)
    logits = sum(second(first(pool).relu()) for pool in pools)
    torch.testing.assert_close(gate(x)[:, :, 0, 0], logits.sigmoid())
    assert first.out_features == 2


@pytest.mark.parametrize("stride", [1, 2])
def test_fresh_block_passes_on_its_shortcut_and_learns_beyond_it(stride):
    block = HBABlock(32, 32, 4, 4, stride)
    x = torch.rand(2, 32, 4, 4)
    torch.testing.assert_close(block(x), block.shortcut(x))
    assert isinstance(block.shortcut, torch.nn.Identity) is (stride == 1)
    block(x).square().sum().backward()
    assert block.widen[-1].weight.grad.abs().sum() > 0
    torch.nn.init.ones_(block.widen[-1].weight)
    assert not torch.allclose(block(x), block.shortcut(x))


def test_gate_comes_from_what_goes_in_and_weighs_what_comes_out():
    block = HBABlock(32, 32, 4, 4).eval()
    torch.nn.init.ones_(block.widen[-1].weight)
    x = torch.rand(2, 32, 4, 4)
    narrow = block.narrow(x)
    expected = (x + block.widen(block.attention(narrow) * block.gate(narrow))).relu()
    torch.testing.assert_close(block(x), expected)
