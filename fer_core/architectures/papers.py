"""Which paper describes an architecture."""

#: Name of an architecture, as `model.json` and recipes have it → address of its paper.
PAPERS = {
    "se_resnet": "https://arxiv.org/abs/1709.01507",  # Hu et al., Squeeze-and-Excitation Networks
    "vgg_b": "https://arxiv.org/abs/1409.1556",  # Simonyan and Zisserman, configuration B
    "vggface_transfer": "https://www.robots.ox.ac.uk/~vgg/publications/2015/Parkhi15/",
    "mini_xception": "https://arxiv.org/abs/1710.07557",  # Arriaga et al.
    "deep_emotion": "https://arxiv.org/abs/1902.01019",  # Minaee et al.
    "dan": "https://arxiv.org/abs/2109.07270",  # Wen et al., Distract Your Attention
    "resnet18": "https://arxiv.org/abs/1512.03385",  # He et al.
    "efficientnet_v2": "https://arxiv.org/abs/2104.00298",  # Tan and Le
}


def paper_of(architecture: str) -> str:
    """The address of its paper; empty where none is known."""
    return PAPERS.get(architecture, "")
